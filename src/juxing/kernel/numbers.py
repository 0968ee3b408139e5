"""
Numbers people read out: short, without look-alike letters, with a check character.

They are computed from the row's id, so that giving one needs no counter that all clerks would queue at.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
SCRAMBLE = 0x2545F4914F6CDD1D & (2**40 - 1) | 1
UNSCRAMBLE = pow(SCRAMBLE, -1, 2**40)


def paper_number(prefix: str, row_id: int) -> str:
    """
    Return the number printed for a row, such as ``N-7F3K-92QX-4``.

    Neighbouring ids give numbers that look unrelated, so a mistyped number does not open the neighbour's.
    """
    value = row_id * SCRAMBLE % 2**40
    digits = "".join(ALPHABET[value >> shift & 31] for shift in range(35, -5, -5))
    return f"{prefix}-{digits[:4]}-{digits[4:]}-{_check(digits)}"


def row_id_of(prefix: str, number: str) -> int | None:
    """Return the id behind a number as people type it (any case, spaces, O for 0), or None if it is no number."""
    text = number.upper().strip().translate(LOOK_ALIKES)
    if not text.startswith(prefix):
        return None
    digits, check = text[len(prefix) : -1], text[-1:]
    if len(digits) != 8 or any(character not in ALPHABET for character in digits) or _check(digits) != check:
        return None
    value = 0
    for character in digits:
        value = value << 5 | ALPHABET.index(character)
    return value * UNSCRAMBLE % 2**40


def _check(digits: str) -> str:
    value = 0
    for character in digits:
        value = (value * 32 + ALPHABET.index(character)) % 29
    return ALPHABET[value]
