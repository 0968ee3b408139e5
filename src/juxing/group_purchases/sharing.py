"""Who gets how many when fewer arrive than were ordered: pure, exact, and the same each time."""

from __future__ import annotations

from collections.abc import Sequence

from juxing.group_purchases.enums import ShareMethod


def shared(available: int, wanted: Sequence[int], *, method: str) -> list[int]:
    """
    Return how many each gets, in the order of ordering; never more than wanted, and all that is there is given out.

    By order: the earlier order is filled before the next one. Evenly: everybody gets one in turn, the earlier first.
    """
    if method == ShareMethod.BY_ORDER:
        return _by_order(available, wanted)
    return _evenly(available, wanted)


def _by_order(available: int, wanted: Sequence[int]) -> list[int]:
    given = []
    for one in wanted:
        given.append(min(one, available))
        available -= given[-1]
    return given


def _evenly(available: int, wanted: Sequence[int]) -> list[int]:
    """Raise everybody to one level as far as it goes; what is left of the last round goes to the earlier orders."""
    given = [0] * len(wanted)
    while available:
        open_ones = [at for at, one in enumerate(wanted) if given[at] < one]
        if not open_ones:
            break
        if available < len(open_ones):
            for at in open_ones[:available]:
                given[at] += 1
            break
        rounds = min(available // len(open_ones), *(wanted[at] - given[at] for at in open_ones))
        for at in open_ones:
            given[at] += rounds
        available -= rounds * len(open_ones)
    return given
