"""Writing down what was done to an account: at the widest place of whoever did it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from juxing.access import policy
from juxing.access.models import Account
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting

SUBJECT = "access.account"


def record_about(
    action: str, account: Account, *, actor: Actor, now: datetime, reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """
    Write an entry about the account, at the widest place of the actor's grants.

    The scope is widened for this one entry: a person without any role may still change the own password.
    """
    places = actor.areas_with(policy.ADMINISTER).prefixes or actor.areas.prefixes
    fact = journal.Fact(
        action=action, subject_type=SUBJECT, subject_uuid=account.uuid, area_code=min(places, key=len, default=""),
        reason=reason, changes=changes or {},
    )  # fmt: skip
    with acting(Actor.system("access: journal of accounts")):
        journal.record_many([fact]).by(actor, happened_at=now)
