"""
Live matching (实时派单): the proven plan of `matching`, kept optimal event by event.

A life-critical need is placed at once; what that moves is counted and priced before anyone is told.
"""

from juxing_engine.live_matching.events import Arrival, Change, Move, NewNeed, NewResponder, Placement
from juxing_engine.live_matching.live import LiveMatching
from juxing_engine.live_matching.snapshot import Snapshot
from juxing_engine.live_matching.warm import warm_up

__all__ = [
    "Arrival",
    "Change",
    "LiveMatching",
    "Move",
    "NewNeed",
    "NewResponder",
    "Placement",
    "Snapshot",
    "warm_up",
]
