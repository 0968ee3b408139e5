"""What a plan's text proposes for the parts of a plan: one row of one part each, with what is doubtful in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TITLE, DUTIES = 80, 400
TITLE_CUT, DUTIES_CUT = "title_cut", "duties_cut"


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    A row for a part of the plan, in the part's own fields.

    ``responsible`` names in the plan's words who answers for a step. ``is_offered`` is false where a person should
    choose it knowingly. ``block`` is the block of the document it was read from. ``is_form`` says that the row is of a
    table in the plan's own form: its fields are whole, and with a code it takes the place of the row of this code.
    """

    part: str
    row: dict[str, Any]
    block: int
    doubts: tuple[str, ...] = ()
    responsible: str = ""
    is_offered: bool = True
    is_form: bool = False


@dataclass(slots=True)
class Doubts:
    """Doubts of a proposal while it is made."""

    codes: list[str] = field(default_factory=list)

    def cut(self, text: str, length: int, code: str) -> str:
        """Return the text cut to a length, doubtful if something was cut off."""
        plain = " ".join(text.split())
        if len(plain) <= length:
            return plain
        self.codes.append(code)
        return plain[: length - 1] + "\u2026"

    def when(self, is_so: object, code: str) -> None:
        """Note a doubt if there is reason for it."""
        if is_so:
            self.codes.append(code)
