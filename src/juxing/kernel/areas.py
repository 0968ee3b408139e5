"""
Sets of area codes: the one key to scope.

Codes are hierarchical, so a set is a few prefixes, and "inside" is "starts with". Ranges instead of LIKE are used
in SQL because comparison operators are leakproof: PostgreSQL may then use the index under row security.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

AFTER_EVERY_CODE_CHARACTER = "~"


class Areas:
    """An immutable set of places, given by the prefixes of their codes; minimal and sorted."""

    __slots__ = ("prefixes",)

    def __init__(self, prefixes: Iterable[str]) -> None:
        minimal: list[str] = []
        for prefix in sorted(set(prefixes)):
            if not minimal or not prefix.startswith(minimal[-1]):
                minimal.append(prefix)
        self.prefixes: tuple[str, ...] = tuple(minimal)

    def __contains__(self, area_code: object) -> bool:
        return isinstance(area_code, str) and any(area_code.startswith(prefix) for prefix in self.prefixes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Areas) and self.prefixes == other.prefixes

    def __hash__(self) -> int:
        return hash(self.prefixes)

    def __bool__(self) -> bool:
        return bool(self.prefixes)

    def __repr__(self) -> str:
        return f"Areas({list(self.prefixes)!r})"

    def __and__(self, other: Areas) -> Areas:
        inner = [prefix for prefix in self.prefixes if prefix in other]
        inner += [prefix for prefix in other.prefixes if prefix in self]
        return Areas(inner)

    @property
    def everywhere(self) -> bool:
        """Whether the set holds every code."""
        return self.prefixes == ("",)

    def condition(self, field: str = "area_code") -> Q:
        """Rows whose code lies in the set; no rows when it is empty."""
        if self.everywhere:
            return Q()
        if not self.prefixes:
            return Q(pk__in=[])
        condition = Q()
        for prefix in self.prefixes:
            condition |= within(prefix, field=field)
        return condition


def within(area_code: str, *, field: str = "area_code") -> Q:
    """Rows at this code or anywhere below it."""
    if not area_code:
        return Q()
    return Q(**{f"{field}__gte": area_code, f"{field}__lt": area_code + AFTER_EVERY_CODE_CHARACTER})


EVERYWHERE = Areas([""])
NOWHERE = Areas([])
