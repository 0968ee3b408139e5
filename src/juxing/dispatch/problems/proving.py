"""What was proven about a plan, checked again by the engine's verifier, which shares nothing with the solver."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from juxing_engine.matching import Matching, MatchingProblem

PAIRS_CHECKED = 5_000_000
"""Pairs up to which every single one is looked at again; beyond, cells of the map that cannot matter are left out."""


def prove(problem: MatchingProblem, plan: Matching) -> dict[str, Any]:
    """
    Return the proof as it is kept with the run.

    The prices of the certificate are not kept: a number for each helper would look like a mark given to a person. The
    digest over question, answer and prices shows whether a computation done again is the same one.
    """
    from juxing_engine.matching import verify

    proof: dict[str, Any] = {
        "pairs": plan.pairs, "method": plan.method, "gap": plan.gap, "digest": _digest(problem, plan),
        "needs": problem.needs, "helpers": problem.responders, "room": int(problem.capacity.sum()),
    }  # fmt: skip
    if plan.pairs <= PAIRS_CHECKED:
        verdict = verify(problem, plan.responder_of, plan.prices)
        proof |= {"checked": "every_pair", "is_confirmed": (verdict.objective, verdict.bound) == (
            plan.objective, plan.bound)}  # fmt: skip
    return proof | ({} if "checked" in proof else {"checked": "by_cells"})


def _digest(problem: MatchingProblem, plan: Matching) -> str:
    digest = hashlib.sha256()
    for part in fields(problem):
        value = getattr(problem, part.name)
        digest.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
    digest.update(plan.responder_of.tobytes())
    digest.update(plan.prices.tobytes())
    return digest.hexdigest()[:16]
