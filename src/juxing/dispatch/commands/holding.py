"""
Holding rows while an answer is written, so that a moment's lock elsewhere never leaves a need behind.

The needs room moves rows that nobody else holds and passes over the others; whoever must not be passed over takes
the rows first and waits. The order is the one of ``offering.py``: responders, tasks, reservations, stock, needs.
"""

from __future__ import annotations

from collections.abc import Iterable

from juxing.dispatch.models import Task
from juxing.needs.models import Need
from juxing.responders.models import Responder


def hold_responder(responder_id: int) -> Responder:
    """Return the responder as they stand, locked against other answers and runs for this transaction."""
    held: Responder = Responder._base_manager.select_for_update(of=("self",), no_key=True).get(pk=responder_id)
    return held


def hold_responders(ids: Iterable[int]) -> list[int]:
    """Lock these responders, waiting for whoever has them, and return their ids."""
    rows = Responder._base_manager.filter(pk__in=sorted(set(ids))).order_by("id")
    return list(rows.select_for_update(of=("self",), no_key=True).values_list("id", flat=True))


def hold_tasks(ids: Iterable[int]) -> list[int]:
    """Lock these tasks, waiting for whoever has them, and return their ids."""
    rows = Task._base_manager.filter(pk__in=sorted(set(ids))).order_by("id").select_for_update(of=("self",))
    return list(rows.values_list("id", flat=True))


def hold_needs(ids: Iterable[int]) -> list[int]:
    """Lock these needs, waiting for whoever has them, and return their ids."""
    rows = Need._base_manager.filter(pk__in=sorted(set(ids))).order_by("id").select_for_update(of=("self",))
    return list(rows.values_list("id", flat=True))
