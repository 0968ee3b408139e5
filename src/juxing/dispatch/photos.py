"""Photos of deliveries: only pictures, and only small ones."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.kernel.pictures import NotAPicture, TooManyPixels, redrawn
from juxing.kernel.refusals import InvalidInput

MAXIMUM_BYTES = 8 * 2**20
MAXIMUM_SIDE = 1600


def checked_photo(photo: bytes) -> tuple[bytes, str]:
    """
    Return a photo as it is kept, and its content type.

    Raises:
        InvalidInput: if it is too large or not a JPEG, PNG or WebP picture.
    """
    if len(photo) > MAXIMUM_BYTES:
        raise InvalidInput("photo_too_large", _("The photo is larger than 8 MB. Take a smaller one."), field="photo")
    try:
        return redrawn(photo, widest=MAXIMUM_SIDE)
    except TooManyPixels:
        raise InvalidInput("photo_too_large", _("The photo is too large. Take a smaller one."), field="photo") from None
    except NotAPicture:
        raise InvalidInput(
            "photo_unreadable", _("This is not a photo. Use JPEG, PNG or WebP."), field="photo"
        ) from None
