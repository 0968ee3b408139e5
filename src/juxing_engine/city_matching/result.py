"""What matching a city hands back: the plan with its proof over the whole city, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass

from juxing_engine.matching.problem import Integers
from juxing_engine.matching.result import Matching


@dataclass(frozen=True, slots=True, eq=False)
class CityMatching:
    """
    A city's plan.

    Parameters
    ----------
    matching
        The plan; its bound holds over all pairs of the whole city, not only within zones.
    travel
        Its cost without the penalties of the unserved, in metre-equivalents.
    zones, zones_solved
        Zones cut, and zones solved before the budget ended; the others were filled greedily.
    stitched_objective
        Cost of the first zones' plans put together.
    changed_by_repair
        Needs whose responder is another once the borders were repaired.
    rounds, pivots
        Rounds of pricing and pivots of the repair in the whole city's network.
    pivots_of_levels
        Pivots along the borders of zones joined before.
    is_complete
        Whether the repair reached the optimum, or the gap asked for, before it was stopped.
    zone_cpu_s, own_cpu_s
        Processor seconds of all zones together, wherever they were solved, and of the calling process; zones solved
        in the calling process count in both.
    """

    matching: Matching
    travel: int
    zones: int
    zones_solved: int
    stitched_objective: int
    changed_by_repair: Integers
    rounds: int
    pivots: int
    pivots_of_levels: int
    is_complete: bool
    zone_cpu_s: float
    own_cpu_s: float

    @property
    def gap_of_travel(self) -> float:
        """
        The proven gap as a share of `travel`, not of the objective, which penalties inflate.

        0.0 when optimal, ``inf`` when there is a gap and no travel.
        """
        if self.matching.gap == 0:
            return 0.0
        return self.matching.gap / abs(self.travel) if self.travel else float("inf")
