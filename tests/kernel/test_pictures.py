"""Pictures people send: upright as they were taken, and nothing in them but the picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from juxing.dispatch.photos import checked_photo
from juxing.kernel.pictures import redrawn
from juxing.kernel.refusals import InvalidInput

WIDEST = 1600
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
    content, content_type = redrawn(photo(kind, exif={ORIENTATION: TURNED_LEFT, MAKER: "phone"}), widest=WIDEST)
    kept = Image.open(io.BytesIO(content))

    red, _green, blue = kept.convert("RGB").getpixel((10, 2))  # type: ignore[misc]
    assert (kept.format, content_type) == (kind, f"image/{kind.lower()}")
    assert kept.size == (20, 40)
    assert red > blue
    assert dict(kept.getexif()) == {}


@pytest.mark.parametrize("mode", ["P", "L", "RGBA", "1"])
def test_colours_of_every_kind_of_picture_are_kept(mode: str) -> None:
    kept = Image.open(io.BytesIO(redrawn(photo(mode=mode, exif={}), widest=WIDEST)[0]))

    expected = Image.open(io.BytesIO(photo(mode=mode, exif={}))).convert("RGB")
    assert kept.convert("RGB").tobytes() == expected.tobytes()


def test_large_picture_is_made_small_and_what_is_no_picture_refused() -> None:
    large, content_type = checked_photo(photo("JPEG", size=(4000, 2000), exif={ORIENTATION: TURNED_LEFT}))

    assert Image.open(io.BytesIO(large)).size == (WIDEST // 2, WIDEST)
    assert content_type == "image/jpeg"
    with pytest.raises(InvalidInput, match="photo_unreadable"):
        checked_photo(b"GIF89a not a picture")
