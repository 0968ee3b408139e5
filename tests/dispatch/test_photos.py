"""Photos of deliveries: upright as they were taken, and nothing in them but the picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from juxing.dispatch.photos import MAXIMUM_SIDE, checked_type, without_metadata
from juxing.kernel.refusals import InvalidInput

ORIENTATION, MAKER = 0x0112, 0x010F
TURNED_LEFT = 6
RED, BLUE = (255, 0, 0), (0, 0, 255)


def photo(kind: str = "PNG", *, size: tuple[int, int] = (40, 20), mode: str = "RGB", exif: dict[int, object]) -> bytes:
    """Return a picture that is red at its left edge and blue elsewhere."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0] // 4, size[1]))
    noted = Image.Exif()
    for tag, value in exif.items():
        noted[tag] = value
    written = io.BytesIO()
    image.convert(mode).save(written, format=kind, exif=noted)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_stands_upright_and_says_nothing_about_the_phone(kind: str) -> None:
    kept = Image.open(io.BytesIO(without_metadata(photo(kind, exif={ORIENTATION: TURNED_LEFT, MAKER: "phone"}))))

    red, _green, blue = kept.convert("RGB").getpixel((10, 2))  # type: ignore[misc]
    assert kept.format == kind
    assert kept.size == (20, 40)
    assert red > blue
    assert dict(kept.getexif()) == {}


@pytest.mark.parametrize("mode", ["P", "L", "RGBA", "1"])
def test_colours_of_every_kind_of_picture_are_kept(mode: str) -> None:
    kept = Image.open(io.BytesIO(without_metadata(photo(mode=mode, exif={}))))

    expected = Image.open(io.BytesIO(photo(mode=mode, exif={}))).convert("RGB")
    assert kept.convert("RGB").tobytes() == expected.tobytes()


def test_large_picture_is_made_small_and_what_is_no_picture_refused() -> None:
    large = without_metadata(photo("JPEG", size=(4000, 2000), exif={ORIENTATION: TURNED_LEFT}))

    assert Image.open(io.BytesIO(large)).size == (MAXIMUM_SIDE // 2, MAXIMUM_SIDE)
    with pytest.raises(InvalidInput, match="photo_unreadable"):
        checked_type(b"GIF89a not a picture")
