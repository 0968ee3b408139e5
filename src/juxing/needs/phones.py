"""Telephone numbers that can receive a code; reading and finding numbers is the people room's."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.people.phone_numbers import normal_phone, phone_index

MOBILE = re.compile(r"1\d{10}")


def mobile_phone(written: str, *, field: str = "phone") -> str:
    """
    Return the number of a mobile phone.

    Raises:
        InvalidInput: if it is none.
    """
    digits = contact_phone(written, field=field)
    if not MOBILE.fullmatch(digits):
        raise InvalidInput("mobile_needed", _("Write a mobile number: 11 digits, beginning with 1."), field=field)
    return digits


def contact_phone(written: str, *, field: str) -> str:
    """
    Return the digits, or "" when nothing was written.

    Raises:
        InvalidInput: if it is no telephone number; it concerns ``field``.
    """
    try:
        return normal_phone(written)
    except InvalidInput as unreadable:
        raise InvalidInput(unreadable.code, unreadable.message, field=field) from None


__all__ = ["contact_phone", "mobile_phone", "phone_index"]
