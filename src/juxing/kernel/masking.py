"""How personal values look to those whose task does not need them."""

from __future__ import annotations

MASK = "*"


def masked_name(name: str) -> str:
    """Return the family name and a mask per further character: enough to greet, not to search for."""
    return name[:1] + MASK * max(1, len(name) - 1) if name else ""


def masked_phone(phone: str) -> str:
    """Return the first three and last two digits; anything shorter than seven is masked whole."""
    if len(phone) < 7:
        return MASK * len(phone)
    return phone[:3] + MASK * (len(phone) - 5) + phone[-2:]


def masked_door(door: str) -> str:
    """Return the door with its last two digits hidden: the floor stays, the flat does not."""
    return door[:-2] + MASK * 2 if len(door) > 2 else MASK * len(door)
