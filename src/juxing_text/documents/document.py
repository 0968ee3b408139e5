"""What was read of a document, and why one could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAXIMUM_PAGES = 400
MAXIMUM_CHARACTERS = 600_000
"""A city's master plan with its annexes has about 150,000."""


class Origin(StrEnum):
    """Where in the document a paragraph stood."""

    BODY = "body"
    BOX = "box"
    NOTE = "note"
    MARGIN = "margin"
    CONTENTS = "contents"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """
    One paragraph, its number in front where the program counted it.

    ``outline`` is the heading level the author gave it by a style (1 is the highest), 0 for none.
    """

    text: str
    outline: int = 0
    origin: Origin = Origin.BODY


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; what is merged downwards stands in each row, what is merged sideways in the first cell."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Paragraphs and tables in reading order, and codes of what a reader should know of them."""

    blocks: tuple[Paragraph | Table, ...]
    remarks: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "remarks": list(self.remarks),
            "blocks": [
                {"rows": [list(row) for row in block.rows]} if isinstance(block, Table)
                else {"text": block.text, "outline": block.outline, "origin": str(block.origin)}
                for block in self.blocks
            ],
        }  # fmt: skip


def from_data(data: dict[str, Any]) -> Document:
    """Return what ``as_data`` wrote."""
    return Document(
        tuple(
            Table(tuple(tuple(row) for row in block["rows"])) if "rows" in block
            else Paragraph(block["text"], block["outline"], Origin(block["origin"]))
            for block in data["blocks"]
        ),
        tuple(data["remarks"]),
    )  # fmt: skip


class Unreadable(StrEnum):
    """Why a file is not read."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    OLD_WORD = "old_word"
    MACROS = "macros"
    ENCRYPTED = "encrypted"
    SCANNED = "scanned"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_HARD = "too_hard"
    NO_TEXT = "no_text"


class UnreadableDocument(ValueError):
    """The file is not read; ``reason`` says why."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(str(reason))
        self.reason = reason
