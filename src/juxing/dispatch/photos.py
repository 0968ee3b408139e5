"""Photos of deliveries: only pictures, only small ones, and nothing in them but the picture."""

from __future__ import annotations

import io

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from juxing.kernel.refusals import InvalidInput

MAXIMUM_BYTES = 8 * 2**20
MAXIMUM_SIDE = 1600
MAXIMUM_PIXELS = 50_000_000
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def checked_type(photo: bytes) -> str:
    """
    Return the content type of a photo.

    Raises:
        InvalidInput: if it is too large or not a JPEG, PNG or WebP picture.
    """
    if len(photo) > MAXIMUM_BYTES:
        raise InvalidInput("photo_too_large", _("The photo is larger than 8 MB. Take a smaller one."), field="photo")
    return TYPES[str(_open(photo).format)]


def without_metadata(photo: bytes) -> bytes:
    """
    Return the picture redrawn at most 1,600 pixels wide: place, time and camera are not in it any more.

    It is turned upright first, because phones note which way they were held beside the picture and not in it.
    """
    image = _open(photo)
    kind = str(image.format)
    image.thumbnail((MAXIMUM_SIDE, MAXIMUM_SIDE))
    upright = ImageOps.exif_transpose(image).convert("RGB")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    written = io.BytesIO()
    bare.save(written, format=kind)
    return written.getvalue()


def _open(photo: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(photo), formats=list(TYPES))
        if image.width * image.height > MAXIMUM_PIXELS:
            raise InvalidInput("photo_too_large", _("The photo is too large. Take a smaller one."), field="photo")
        image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise InvalidInput(
            "photo_unreadable", _("This is not a photo. Use JPEG, PNG or WebP."), field="photo"
        ) from None
    return image
