"""What the codes of upper rooms are called, so that a room below can write and read them as words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry

Choices = Callable[[], Iterable[tuple[str, Words]]]
vocabularies: Registry[Choices] = Registry("vocabulary")
"""By what the codes are of ("skill", "venue_function", "supply_item"): every code with its word in this language."""
