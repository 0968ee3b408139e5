"""Who could not be asked because something a task asks before was not shown, and what it is, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from juxing.dispatch.problems.reading import AvailableResponder, WaitingNeed
from juxing.dispatch.problems.solving import EVERY_GATE
from juxing.responders.gates import Missing

if TYPE_CHECKING:
    from juxing_engine.matching import MatchingProblem

Shown = dict[str, Any]


def gates_asked(needs: Sequence[WaitingNeed], responders: Sequence[AvailableResponder]) -> Shown:
    """
    Return how many of those with room could not be asked for some of these needs, and what they lack.

    {} if nobody lacks anything. ``missing`` is ``[kind, code, people]``, the most frequent first.
    """
    asked = {need.task_type for need in needs} - {""}
    return _counted(
        {one for task in asked & responder.lacks.keys() for one in responder.lacks[task]} for responder in responders
    )


def barred(
    problem: MatchingProblem,
    rows: Iterable[int],
    needs: Sequence[WaitingNeed],
    responders: Sequence[AvailableResponder],
) -> dict[int, Shown]:
    """
    Return for each of these rows who has the skills and room but not what the task asks before.

    Counted are those near enough to go; if only others, ``far`` is set and they are counted. Rows with nobody are left
    out.
    """
    lacking = {
        task: np.array([column for column, one in enumerate(responders) if task in one.lacks], dtype=np.int64)
        for task in {task for one in responders for task in one.lacks}
    }
    found: dict[int, Shown] = {}
    for row in rows:
        task = needs[row].task_type
        columns, is_near = _kept_out(problem, row, lacking[task]) if task in lacking else (np.zeros(0, int), True)
        if columns.size:
            counted = _counted(set(responders[column].lacks[task]) for column in columns.tolist())
            found[row] = counted if is_near else counted | {"far": True}
    return found


def _kept_out(problem: MatchingProblem, row: int, columns: np.ndarray) -> tuple[np.ndarray, bool]:
    from juxing_engine.matching import cost

    skills = problem.required_skills[row] & ~np.uint64(EVERY_GATE)
    able = columns[((skills & ~problem.held_skills[columns]) == 0) & (problem.capacity[columns] > 0)]
    ways = cost.walking_m(problem, np.full(able.size, row), able)
    near = able[ways <= problem.reach_m[able]]
    return (near, True) if near.size else (able, False)


def _counted(people: Iterable[set[Missing]]) -> Shown:
    lacks = [one for one in people if one]
    if not lacks:
        return {}
    counts = Counter(missing for one in lacks for missing in one)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].kind, pair[0].code))
    return {"people": len(lacks), "missing": [[str(one.kind), one.code, count] for one, count in ordered]}
