"""Which organisation an account works for at a moment: asked of rooms above, so that nothing imports upward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from juxing.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Affiliation:
    """An account's place in an organisation for a time, end exclusive."""

    account_id: int
    organisation: str
    starts_at: datetime
    ends_at: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        """Whether it holds at the moment."""
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


Source = Callable[[Sequence[int]], Iterable[Affiliation]]
sources: Registry[Source] = Registry("source of affiliations")


def affiliations(account_ids: Iterable[int]) -> list[Affiliation]:
    """Return where these accounts work and worked."""
    wanted = sorted(set(account_ids))
    return [one for _code, source in sources for one in source(wanted)] if wanted else []
