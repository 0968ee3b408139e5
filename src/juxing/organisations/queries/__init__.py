"""Every read of this room, by topic; the register itself is at hand under short names."""

from juxing.organisations.queries import choosing, committees, coverage, duties, groups, meetings, posts, staff
from juxing.organisations.queries.register import (
    account_for_post,
    account_working_in,
    branches_at,
    branches_of,
    holdings_of,
    organisation,
    organisation_to_manage,
    organisations_page,
    post_to_manage,
    posts_of,
    teams_of,
)

__all__ = [
    "account_for_post",
    "account_working_in",
    "branches_at",
    "branches_of",
    "choosing",
    "committees",
    "coverage",
    "duties",
    "groups",
    "holdings_of",
    "meetings",
    "organisation",
    "organisation_to_manage",
    "organisations_page",
    "post_to_manage",
    "posts",
    "posts_of",
    "staff",
    "teams_of",
]
