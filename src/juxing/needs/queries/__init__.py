"""Every read of needs."""

from juxing.needs.queries.duplicates import possible_duplicates
from juxing.needs.queries.lists import (
    AGE_STEPS_H,
    NeedFilters,
    NeedTally,
    WaitingNeed,
    filtered,
    needs_page,
    recent_tally,
    tally,
    waiting_for_dispatch,
)
from juxing.needs.queries.single import (
    duplicates_of,
    need_by_link,
    need_by_number,
    need_for,
    needs_of_phone,
    resident_for,
    similar_to,
    timeline_of,
)

__all__ = [
    "AGE_STEPS_H",
    "NeedFilters",
    "NeedTally",
    "WaitingNeed",
    "duplicates_of",
    "filtered",
    "need_by_link",
    "need_by_number",
    "need_for",
    "needs_of_phone",
    "needs_page",
    "possible_duplicates",
    "recent_tally",
    "resident_for",
    "similar_to",
    "tally",
    "timeline_of",
    "waiting_for_dispatch",
]
