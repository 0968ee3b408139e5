"""What a run keeps beside its lines: the sides of each item, the proof, and what was left out and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from juxing.supplies.problems import Shared, Sharing, level_text
from juxing.supplies.queries.sharing import Asked, Basis


def result_of(basis: Basis, asked: Sequence[Asked], sharing: Sharing, shared: Shared) -> dict[str, Any]:
    """Return the run's result as it is stored."""
    return {
        "counts": {
            "requests": len(basis.requests),
            "organisations": len({request.organisation_id for request in basis.requests}),
            "requests_shared": len(sharing.requests),
            "organisations_shared": len(sharing.askers),
            "offers": len(basis.offers),
            "offers_shared": len(sharing.offers),
            "offers_unknown": basis.offers_unknown,
            "left_out": dict(Counter(str(one.left_out) for one in asked if one.left_out is not None)),
        },
        "items": _items(basis, asked, sharing, shared),
        "proof": _proof(sharing, shared),
    }


def _proof(sharing: Sharing, shared: Shared) -> dict[str, Any]:
    allocation = shared.allocation
    return {
        "given": allocation.boxes,
        "given_bound": allocation.boxes_bound,
        "lowest_level": level_text(allocation.lowest_level),
        "lowest_level_bound": level_text(allocation.lowest_level_bound),
        "transport": allocation.transport,
        "transport_bound": allocation.transport_bound,
        "gap": allocation.gap,
        "is_leximin": allocation.is_leximin,
        "is_optimal": allocation.is_optimal,
        "is_verified": True,
        "seconds": round(sum(allocation.seconds.values()), 4),
        "cells": int((sharing.problem.demand > 0).sum()),
    }


def _items(basis: Basis, asked: Sequence[Asked], sharing: Sharing, shared: Shared) -> list[dict[str, Any]]:
    """One entry per shared item; levels are shares of what an organisation asked for, exact."""
    demand, received = sharing.problem.demand[0], shared.allocation.received[0]
    assumed: defaultdict[int, int] = defaultdict(int)
    for one in asked:
        if one.is_assumed and one.left_out is None and one.request.item_id is not None:
            assumed[one.request.item_id] += 1
    entries = []
    for column, item_id in enumerate(sharing.items):
        wanting = [row for row in range(len(sharing.askers)) if demand[row, column]]
        levels = [Fraction(int(received[row, column]), int(demand[row, column])) for row in wanting]
        entries.append(
            {
                "code": basis.items[item_id].item.code,
                "offered": basis.items[item_id].offered,
                "asked": int(demand[:, column].sum()),
                "given": int(received[:, column].sum()),
                "organisations": len(wanting),
                "organisations_served": sum(level > 0 for level in levels),
                "requests": basis.items[item_id].requests,
                "requests_assumed": assumed[item_id],
                "lowest": level_text(min(levels)),
                "highest": level_text(max(levels)),
                "offers_unknown": basis.items[item_id].offers_unknown,
            }
        )
    return entries
