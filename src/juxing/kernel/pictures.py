"""Pictures people send: only pictures, only small ones, and nothing in them but what is seen."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

MAXIMUM_PIXELS = 50_000_000
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class NotAPicture(Exception):
    """The file is no JPEG, PNG or WebP picture."""


class TooManyPixels(Exception):
    """The picture is larger than any telephone takes."""


def redrawn(content: bytes, *, widest: int) -> tuple[bytes, str]:
    """
    Return the picture redrawn at most ``widest`` pixels wide and high, and its content type.

    Place, time and camera are not in it any more. It is turned upright first, because phones note which way they were
    held beside the picture and not in it.

    Raises:
        NotAPicture, TooManyPixels: what the caller says of it is the caller's.
    """
    image = _open(content)
    kind = str(image.format)
    image.thumbnail((widest, widest))
    upright = ImageOps.exif_transpose(image).convert("RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    written = io.BytesIO()
    bare.save(written, format=kind)
    return written.getvalue(), TYPES[kind]


def _open(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=list(TYPES))
        if image.width * image.height > MAXIMUM_PIXELS:
            raise TooManyPixels
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise NotAPicture from None
    return image
