"""Where an account works: by the posts it holds and held, and by the staff register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from juxing.access.affiliations import Affiliation, sources
from juxing.organisations.models import PostHolding


def by_posts(account_ids: Sequence[int]) -> Iterable[Affiliation]:
    """Return the organisations of the posts these accounts hold and held."""
    rows = PostHolding.objects.filter(account_id__in=account_ids).order_by("starts_at")
    for account_id, name, starts_at, ends_at in rows.values_list(
        "account_id", "post__organisation__name", "starts_at", "ends_at"
    ):
        yield Affiliation(account_id, name, starts_at, ends_at)


sources.add("organisations.posts", by_posts)
