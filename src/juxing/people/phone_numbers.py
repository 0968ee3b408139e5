"""Telephone numbers as people write them, and the one form by which they are found."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from juxing.kernel.fields import blind_index
from juxing.kernel.refusals import InvalidInput
from juxing_text.folding import fold

SEPARATORS = re.compile(r"[\s\-().]")
COUNTRY = re.compile(r"^(\+86|0086|86(?=1\d{10}$))")
MOBILE = re.compile(r"1\d{10}")
POSSIBLE = re.compile(r"\d{7,12}")
PURPOSE = "phone"


def normal_phone(written: str) -> str:
    """
    Return the digits of a number: mobile 11 digits, fixed line with or without area code; "" stays "".

    Raises:
        InvalidInput: if it is no telephone number.
    """
    digits = COUNTRY.sub("", SEPARATORS.sub("", fold(written)))
    if not digits:
        return ""
    if not POSSIBLE.fullmatch(digits):
        raise InvalidInput("phone_unreadable", _("This is no telephone number: write 7 to 12 digits."), field="phone")
    return digits


def mobile_phone(written: str, *, field: str = "phone") -> str:
    """
    Return the number of a mobile phone, which can receive a code.

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


def phone_index(phone: str) -> str:
    """Return what the register finds the number by, "" for none; the number itself is sealed."""
    return blind_index(phone, purpose=PURPOSE) if phone else ""
