"""A table that upper rooms fill and lower rooms read, so that nothing imports upward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """
    Entries by key, in the order they were added.

    Adding a key twice is a programming error and raises at start-up, not in use.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._entries: dict[str, Entry] = {}

    def add(self, key: str, entry: Entry) -> Entry:
        """Register the entry and hand it back, so that a declaration can be one line."""
        if key in self._entries:
            raise ValueError(f"The {self._what} {key!r} is registered twice.")
        self._entries[key] = entry
        return entry

    def __getitem__(self, key: str) -> Entry:
        try:
            return self._entries[key]
        except KeyError:
            known = ", ".join(sorted(self._entries)) or "none"
            raise LookupError(f"No {self._what} {key!r}; known: {known}.") from None

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[tuple[str, Entry]]:
        return iter(self._entries.items())
