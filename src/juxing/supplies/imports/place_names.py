"""Finding an official code by the names of province, city and district as people write them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from juxing.places.enums import AreaLevel
from juxing.places.models import Area

_DATA = tomllib.loads((Path(__file__).parents[1] / "data" / "provinces.toml").read_text(encoding="utf-8"))
PROVINCES: dict[str, str] = _DATA["provinces"]
LEVEL_CHARACTERS = frozenset(_DATA["level_characters"])
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
COUNTIES_OF_THE_PROVINCE = "90"
TREE_LEVELS = (AreaLevel.PROVINCE, AreaLevel.CITY, AreaLevel.DISTRICT)


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """The code, and the name that was not found below it ("" when everything was)."""

    code: str
    not_found: str = ""


@dataclass(slots=True)
class PlaceNames:
    """The upper levels of the tree by name; without a tree only provinces are known."""

    provinces: dict[str, str] = field(default_factory=lambda: dict(PROVINCES))
    below: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> PlaceNames:
        """Read provinces, cities and districts; one query of some 3,300 rows."""
        names = cls()
        for code, name, level in Area.objects.filter(level__in=TREE_LEVELS).values_list("code", "name", "level"):
            if level == AreaLevel.PROVINCE:
                names.provinces[name] = code
            else:
                names.below.setdefault(code[:2], []).append((code, name))
        return names

    @property
    def has_tree(self) -> bool:
        """Whether anything below provinces is known."""
        return bool(self.below)

    def find(self, province: str, city: str = "", district: str = "") -> PlaceFound | None:
        """
        Return the lowest place found, or None when not even the province is known.

        A city may be written where the tree has a county directly under the province, and a city's own name may stand
        as its district; both are understood. A district not found under the city is looked for in the province.
        """
        code = self._province(province.strip())
        if code is None:
            return None
        not_found = ""
        for name in dict.fromkeys((city.strip(), district.strip())):
            if not name or name == province or _short(name) == _short(province):  # a municipality is its own city
                continue
            lower = self._below(code, name)
            if lower is None:
                not_found = not_found or name
            else:
                code = lower
        return PlaceFound(code, not_found)

    def _province(self, name: str) -> str | None:
        if name in self.provinces:
            return self.provinces[name]
        return next((code for short, code in self.provinces.items() if name and name.startswith(short)), None)

    def _below(self, code: str, name: str) -> str | None:
        rows = self.below.get(code[:2], [])
        for prefix in dict.fromkeys((code, code[:2])):
            for found in (
                [one for one, called in rows if one.startswith(prefix) and called == name],
                [one for one, called in rows if one.startswith(prefix) and _short(called) == _short(name)],
            ):
                if len(found) == 1:
                    return found[0]
        return None


def _short(name: str) -> str:
    """Return the name without its last character where that only says the level (市, 区, 县)."""
    return name[:-1] if len(name) > 2 and name[-1] in LEVEL_CHARACTERS else name


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Return "city district" by code for lists, in one query; codes without a node are shown as they are."""
    wanted = {code: _upper_code(code) for code in sorted(set(codes))}
    names = dict(Area.objects.filter(code__in={*wanted, *wanted.values()}).values_list("code", "name"))
    return {
        code: " ".join(dict.fromkeys(names.get(part, "") for part in (upper, code) if names.get(part))) or code
        for code, upper in wanted.items()
    }


def _upper_code(code: str) -> str:
    """Return the code of the city people would name: nodes that only group counties stand for their province."""
    is_grouping = code[:2] in MUNICIPALITIES or code[2:4] == COUNTIES_OF_THE_PROVINCE
    return code[:2] if is_grouping else code[:4]
