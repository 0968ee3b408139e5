"""Load or compile what live matching needs before the first event."""

from __future__ import annotations

from juxing_engine.instances.matching import STREET, matching_instance
from juxing_engine.live_matching.events import NewNeed, NewResponder
from juxing_engine.live_matching.live import LiveMatching


def warm_up() -> None:
    """Run one event of each kind on a street; 10-40 s the first time on a machine, then about a second."""
    live = LiveMatching(matching_instance(STREET).problem)
    arrival = live.arrive(NewNeed(x_m=2_000.0, y_m=2_000.0, unserved_penalty=10**6))
    if arrival.instant:
        live.place(arrival.need, arrival.instant.responder)
    live.drop_out(0)
    live.join(NewResponder(x_m=2_000.0, y_m=2_000.0, capacity=2))
    live.cancel(0)
    live.snapshot().certify()
