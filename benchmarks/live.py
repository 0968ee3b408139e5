"""
Live matching: 10,000 mixed events on a district, each answered with the exact optimum.

43 % arrivals, 42 % cancellations, 10 % drop-outs, 5 % new responders with the capacity that left; at the
end, and every 1,000 events, the plan is certified from a snapshot by code apart. Milliseconds are wall
clock, with CPU time beside them: on a busy machine the tail of the wall clock is that of the machine.

    python3 run.py bench live [--events 10000] [--seeds 2] [--supply slack tight]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from juxing_engine.instances.matching import SIZES, Supply, matching_instance
from juxing_engine.live_matching import Change, LiveMatching, NewNeed, NewResponder, warm_up
from juxing_engine.matching import MatchingProblem, match

RESULTS = Path(__file__).parent / "results"


class Day:
    """Draws events that look like the problem itself and keep supply about as tight as it was."""

    def __init__(self, problem: MatchingProblem, seed: int) -> None:
        self.problem, self.rng = problem, np.random.default_rng([seed, 77])
        self.needs, self.responders = list(range(problem.needs)), list(range(problem.responders))
        self.capacity = dict(enumerate(problem.capacity.tolist()))
        self.left = 0

    def run(self, live: LiveMatching) -> tuple[str, Change, int]:
        """One event; its kind, what it changed, and what the exact answer gained on the instant one."""
        draw = self.rng.random()
        if draw < 0.43:
            arrival = live.arrive(self._need())
            self.needs.append(arrival.need)
            return "arrival", arrival.change, arrival.gain
        if draw < 0.85 or (draw < 0.95 and self.left > 40):
            return "cancellation", live.cancel(self._pop(self.needs)), 0
        if draw < 0.95:
            responder = self._pop(self.responders)
            self.left += self.capacity.pop(responder)
            return "drop_out", live.drop_out(responder), 0
        new = self._responder()
        number, change = live.join(new)
        self.responders.append(number)
        self.capacity[number] = new.capacity
        return "new_responder", change, 0

    def _pop(self, of: list[int]) -> int:
        place = int(self.rng.integers(len(of)))
        of[place], of[-1] = of[-1], of[place]
        return of.pop()

    def _need(self) -> NewNeed:
        like, where = self.rng.integers(0, self.problem.needs, 2)
        x_m, y_m = self.problem.need_xy_m[where] + self.rng.normal(0, 80, 2)
        return NewNeed(
            x_m=float(x_m),
            y_m=float(y_m),
            unserved_penalty=int(self.problem.unserved_penalty[like]),
            required_skills=int(self.problem.required_skills[like]),
            needed_languages=int(self.problem.needed_languages[like]),
            priority_weight=int(self.problem.priority_weight[like]),
        )

    def _responder(self) -> NewResponder:
        like, where = self.rng.integers(0, self.problem.responders, 2)
        x_m, y_m = self.problem.responder_xy_m[where] + self.rng.normal(0, 80, 2)
        capacity = min(max(self.left, 1), 7)
        self.left = max(0, self.left - capacity)
        return NewResponder(
            x_m=float(x_m),
            y_m=float(y_m),
            capacity=capacity,
            held_skills=int(self.problem.held_skills[like]),
            spoken_languages=int(self.problem.spoken_languages[like]),
        )


def percentiles(values: list[float]) -> dict[str, float]:
    """Median, 99th percentile and worst, in the values' unit."""
    p50, p99 = np.percentile(values, [50, 99])
    return {"p50": round(float(p50), 3), "p99": round(float(p99), 3), "worst": round(max(values), 3)}


def measure(size: str, supply: Supply, seed: int, events: int) -> dict[str, Any]:
    """Run a day and certify it on the way."""
    problem = matching_instance(SIZES[size], supply=supply, seed=seed).problem
    live, day = LiveMatching(problem, match(problem)), Day(problem, seed)
    wall: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    moves: dict[str, list[float]] = defaultdict(list)
    gains, certified = [], []
    for count in range(1, events + 1):
        started, worked = time.perf_counter(), time.process_time()
        kind, change, gain = day.run(live)
        worked, started = time.process_time() - worked, time.perf_counter() - started
        wall[kind].append(1e3 * started)
        cpu[kind].append(1e3 * worked)
        moves[kind].append(len(change.moves))
        if kind == "arrival":
            gains.append(gain)
        if count % 1_000 == 0 or count == events:
            verdict = live.snapshot().certify(is_thorough=count == events)
            assert verdict.objective == live.objective
            assert verdict.gap == 0, f"gap {verdict.gap} after {count} events"
            certified.append(count)
    wall["all"] = [value for kind in list(wall) for value in wall[kind]]
    cpu["all"] = [value for kind in list(cpu) for value in cpu[kind]]
    moves["all"] = [value for kind in list(moves) for value in moves[kind]]
    return {
        "supply": str(supply),
        "seed": seed,
        "events": events,
        "certified_after": certified,
        "wall_ms": {kind: percentiles(values) for kind, values in wall.items()},
        "cpu_ms": {kind: percentiles(values) for kind, values in cpu.items()},
        "moved": {kind: percentiles(values) for kind, values in moves.items()},
        "arrivals_where_exact_gains": int(np.count_nonzero(gains)),
        "arrivals": len(gains),
    }


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--size", choices=sorted(SIZES), default="district")
    parser.add_argument("--supply", nargs="+", choices=[str(s) for s in Supply], default=["slack", "tight"])
    arguments = parser.parse_args(argv)
    warm_up()
    results = []
    for supply in map(Supply, arguments.supply):
        for seed in range(arguments.seeds):
            result = measure(arguments.size, supply, seed, arguments.events)
            results.append(result)
            print(f"{supply} seed {seed}: {arguments.events} events, certified after {result['certified_after']}")
            for kind in result["wall_ms"]:
                at, own, moved = (result[part][kind] for part in ("wall_ms", "cpu_ms", "moved"))
                print(f"  {kind:14} wall ms {at}  cpu ms {own}  moved {moved}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "live.json").write_text(json.dumps({"benchmark": "live", "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()
