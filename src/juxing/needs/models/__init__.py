"""Rows of this room."""

from juxing.needs.models.collecting import CollectionRound, IntakePause, RoundReport
from juxing.needs.models.needs import (
    NUMBER_PREFIX,
    Feedback,
    Need,
    NeedImport,
    NeedLine,
    OrderChain,
    OrderChainLine,
)

__all__ = [
    "NUMBER_PREFIX",
    "CollectionRound",
    "Feedback",
    "IntakePause",
    "Need",
    "NeedImport",
    "NeedLine",
    "OrderChain",
    "OrderChainLine",
    "RoundReport",
]
