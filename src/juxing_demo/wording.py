"""Numbers and names the way people write them in Chinese."""

from __future__ import annotations

from juxing_demo.data_files import data

FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789."}


def full_width(text: str) -> str:
    """Digits and points replaced by their full-width forms."""
    return text.translate(FULL_WIDTH)


def chinese_digits(text: str) -> str:
    """A door number read digit by digit."""
    digits: str = data("wording")["digits"]
    return "".join(digits[int(sign)] for sign in text)


def chinese_number(number: int, *, measured: bool = False) -> str:
    """A number below 200; before a measure word (`measured`) two is another word."""
    words = data("wording")
    digits: str = words["digits"]
    if measured and number == 2:
        return str(words["measured_two"])
    if number >= 100:
        rest = number - 100
        joint = "" if rest == 0 else digits[0] if rest < 10 else digits[1] if rest < 20 else ""
        return str(words["hundred"]) + joint + (chinese_number(rest) if rest else "")
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + str(words["ten"]) + (digits[ones] if ones else "")


def number_of(label: str) -> str:
    """The digits of a building's label."""
    return "".join(sign for sign in label if sign.isdigit())


def surname_of(name: str) -> str:
    """The surname of a full name."""
    compound = tuple(data("wording")["compound_surnames"])
    return name[:2] if name.startswith(compound) else name[0]
