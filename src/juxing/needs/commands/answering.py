"""What households say of their needs: still needed, no longer, got it, not right. Staff may say it for them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput
from juxing.needs import policy, triage
from juxing.needs.commands.merging import close_duplicates, promote_duplicate
from juxing.needs.enums import OPEN
from juxing.needs.inputs import plain
from juxing.needs.lifecycle import NEED
from juxing.needs.models import Feedback, Need
from juxing.needs.requirements import fresh_for

STILL_NEEDED = journal.declare_action("needs.need.reconfirm", _("Still needed"))
MAXIMUM_COMMENT = 500


@transaction.atomic
def reconfirm_need(*, actor: Actor, now: datetime, need: Need) -> Need:
    """Note that the household still needs this; it is fresh again from now."""
    locked = Need._base_manager.select_for_update(of=("self",)).get(pk=need.pk)
    policy.require(policy.can_answer(actor, locked))
    if locked.status not in OPEN:
        raise WrongState("need_is_over", _("This request has ended. Ask again if you need something."))
    locked.fresh_until, locked.asked_fresh_at = now + fresh_for(locked.need_type), None
    locked.save(update_fields=["fresh_until", "asked_fresh_at"])
    journal.record(STILL_NEEDED, actor=actor, subject=locked, happened_at=now)
    return locked


@transaction.atomic
def withdraw_need(*, actor: Actor, now: datetime, need: Need, reason: str = "") -> Need:
    """
    End a need that is no longer wanted. If the household had asked twice, the second request takes its place.

    A helper on the way is told by dispatch, which follows the journal.
    """
    withdrawn = NEED.move(need, "withdraw", actor=actor, now=now, reason=_reason(reason))
    promote_duplicate(withdrawn, now=now)
    return withdrawn


@transaction.atomic
def confirm_need(*, actor: Actor, now: datetime, need: Need, score: int | None = None, comment: str = "") -> Need:
    """
    Note that the help arrived, with the household's word on the service if it gave one.

    Raises:
        InvalidInput: if the score is not 1 to 5.
        WrongState: if nothing was delivered yet, or it was confirmed before.
    """
    if score is not None and not 1 <= score <= 5:
        raise InvalidInput("score_range", _("Give one to five stars."), field="score")
    confirmed = NEED.move(need, "confirm", actor=actor, now=now)
    if score is not None:
        Feedback.objects.update_or_create(
            need=confirmed,
            defaults={
                "area_code": confirmed.area_code, "score": score, "comment": _comment(comment), "given_at": now,
            },
        )  # fmt: skip
    close_duplicates(confirmed, now=now)
    return confirmed


@transaction.atomic
def reopen_need(*, actor: Actor, now: datetime, need: Need, what_was_wrong: str) -> Need:
    """
    Put a need back to waiting because it was not met, or not rightly; it counts as waiting since it was first said.

    What was wrong is sealed with the need's details, because it may speak of illness; the journal says only that.

    Raises:
        InvalidInput: if nothing is said about what was wrong.
        WrongState: if it is still waiting or under way.
    """
    wrong = plain(what_was_wrong)[:MAXIMUM_COMMENT]
    if not wrong:
        raise InvalidInput("what_was_wrong_missing", _("Say what was wrong, in a few words."), field="what_was_wrong")
    locked = Need._base_manager.select_for_update(of=("self",)).get(pk=need.pk)
    count = locked.reopened_count + 1
    terms = {**locked.triage.get("terms", {})}
    terms["reopened"] = min(triage.REOPENED_AT_MOST, triage.REOPENED_EACH * count)
    waiting = triage.waiting_points((now - locked.waiting_since).total_seconds() / 3600)
    terms["waiting"] = waiting
    fixed = sum(points for name, points in terms.items() if name != "waiting")
    return NEED.move(
        need,
        "reopen",
        actor=actor,
        now=now,
        changes={
            "reopened_count": count,
            "details": f"{locked.details}\n{now:%Y-%m-%d} {wrong}".strip(),
            "triage": {"terms": terms, "fixed": fixed},
            "priority_score": fixed + waiting,
            "priority": triage.priority_of(fixed, waiting),
            "fresh_until": now + fresh_for(locked.need_type),
            "asked_fresh_at": None,
            "duplicate_of": None,
        },
    )


def _reason(reason: str) -> str:
    return plain(reason)[:400]


def _comment(comment: str) -> str:
    return plain(comment)[:MAXIMUM_COMMENT]
