"""Telling those signed up: noted with the change, sent right after it, none forgotten; without a phone by voice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.people.messages import Message, send_after_commit
from juxing.responders import policy
from juxing.responders.models import TrainingSignUp
from juxing.responders.training_enums import SignUpStatus, TrainingStatus, TrainingWord

if TYPE_CHECKING:
    from collections.abc import Sequence

TOLD = journal.declare_action("responders.training_sign_up.told", gettext_lazy("Told about a training by telephone"))
REMIND_BEFORE = timedelta(hours=24)
AT_ONCE = 500
LANGUAGE = "zh-hans"


def have_told(rows: QuerySet[TrainingSignUp], word: TrainingWord) -> int:
    """Note that these are to be told; a later word takes the place of one not told yet. Call it in a transaction."""
    from juxing.responders.jobs import tell_soon

    count = rows.update(to_tell=word, told_at=None)
    if count:
        tell_soon()
    return count


@transaction.atomic
def tell_of_trainings(*, now: datetime) -> int:
    """
    Send up to five hundred messages that wait; call it in the system's scope. Return how many.

    A word is struck out in the transaction that hands it over, so a process that dies sends it again, never not.
    """
    waiting: Sequence[TrainingSignUp] = list(
        TrainingSignUp.objects.exclude(to_tell="").exclude(responder__phone_index="")
        .select_for_update(skip_locked=True, of=("self",)).select_related("session", "responder")
        .order_by("id")[:AT_ONCE]
    )  # fmt: skip
    for row in waiting:
        send_after_commit(Message(row.responder.phone, words_for(row), purpose=f"training_{row.to_tell}"))
        row.to_tell, row.told_at = "", now
    TrainingSignUp.objects.bulk_update(waiting, ["to_tell", "told_at"], batch_size=AT_ONCE)
    return len(waiting)


@transaction.atomic
def remind_of_trainings(*, now: datetime) -> int:
    """Note the reminder of the day before, once each; call it in the system's scope."""
    rows = TrainingSignUp.objects.filter(
        status=SignUpStatus.SIGNED_UP, reminded_at__isnull=True, to_tell="", session__status=TrainingStatus.ANNOUNCED,
        session__starts_at__gt=now, session__starts_at__lte=now + REMIND_BEFORE,
    )  # fmt: skip
    ids = list(rows.order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    TrainingSignUp.objects.filter(pk__in=ids).update(reminded_at=now)
    return have_told(TrainingSignUp.objects.filter(pk__in=ids), TrainingWord.REMINDED) if ids else 0


@transaction.atomic
def note_told(*, actor: Actor, now: datetime, sign_up: TrainingSignUp) -> None:
    """Note that somebody without a phone of their own was told by voice; twice changes nothing."""
    policy.require(policy.notes_sign_up(actor, sign_up))
    rows = TrainingSignUp.objects.filter(pk=sign_up.pk).exclude(to_tell="")
    if rows.update(to_tell="", told_at=now):
        journal.record(TOLD, actor=actor, subject=sign_up, happened_at=now)


def words_for(row: TrainingSignUp) -> str:
    """Return what somebody reads: what, when, where; that saying no is free."""
    session = row.session
    with translation.override(LANGUAGE):
        facts = {
            "title": session.title, "place": session.place, "why": session.why,
            "at": f"{timezone.localtime(session.starts_at):%m-%d %H:%M}",
        }  # fmt: skip
        return str(_texts()[TrainingWord(row.to_tell)]) % facts


def _texts() -> dict[TrainingWord, str]:
    return {
        TrainingWord.ENTERED: _(
            "You are down for the training “%(title)s”, %(at)s, %(place)s. If you cannot come, tell the community; "
            "nothing follows."
        ),
        TrainingWord.SEATED: _(
            "A place has become free in the training “%(title)s”, %(at)s, %(place)s: it is yours. If you cannot come, "
            "take it back on your page."
        ),
        TrainingWord.MOVED: _(
            "The training “%(title)s” has changed: it is now at %(at)s, %(place)s. If you cannot come then, take it "
            "back on your page."
        ),
        TrainingWord.CANCELLED: _("The training “%(title)s” of %(at)s does not take place: %(why)s"),
        TrainingWord.REMINDED: _(
            "Tomorrow or today: training “%(title)s”, %(at)s, %(place)s. If you cannot come, take it back on your page."
        ),
    }
