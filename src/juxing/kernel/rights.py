"""
Rights: named permissions that rooms declare beside their predicates.

A right lists the roles that carry it; where it is carried is decided by the grant's area. The complete table is
printed by ``juxing access rights`` and tested against every page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Right:
    """A permission such as ``needs.record``; ``label`` says it in words."""

    code: str
    label: Words
    roles: frozenset[str]


rights: Registry[Right] = Registry("right")


def declare(code: str, label: Words, *, roles: Iterable[str]) -> Right:
    """Register a right under its code, carried by these roles."""
    return rights.add(code, Right(code=code, label=label, roles=frozenset(roles)))
