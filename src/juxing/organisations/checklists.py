"""Checklists and work programmes as data: ``data/checklists.toml`` and ``data/programmes.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Words:
    """A word of the data in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Item:
    """One item to tick or to count; ``target`` is where a programme begins, 0 in checklists."""

    code: str
    words: Words
    target: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A checklist, or the template of a programme; ``day`` is the day of the month of a checklist's reminder."""

    code: str
    name: Words
    items: tuple[Item, ...]
    day: int = 0

    def item(self, code: str) -> Item:
        """
        Return the item of this code; one that no longer stands in the data shows its code.

        Sheets and programmes outlive changes of the data.
        """
        return next((item for item in self.items if item.code == code), Item(code, Words(code, code)))


def _listings(name: str, key: str) -> dict[str, Listing]:
    data = tomllib.loads(files("juxing.organisations").joinpath(f"data/{name}").read_text(encoding="utf-8"))
    return {
        row["code"]: Listing(
            code=row["code"],
            name=Words(row["name_zh"], row["name_en"]),
            items=tuple(
                Item(item["code"], Words(item["zh"], item["en"]), item.get("target", 0)) for item in row["items"]
            ),
            day=row.get("day", 0),
        )
        for row in data[key]
    }


CHECKLISTS = _listings("checklists.toml", "checklist")
PROGRAMMES = _listings("programmes.toml", "programme")
