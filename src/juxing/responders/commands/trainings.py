"""Trainings: writing, announcing, moving, cancelling and closing; those signed up are told of every change."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.commands.training_places import fill_places
from juxing.responders.commands.training_words import have_told
from juxing.responders.lifecycle import SIGN_UP, TRAINING
from juxing.responders.models import TrainingSession, TrainingSignUp
from juxing.responders.training_enums import (
    COMING,
    TAKES_A_PLACE,
    TOOK_PART,
    SignUpStatus,
    TrainingStatus,
    TrainingWord,
)
from juxing.responders.training_inputs import TrainingInput, cleaned

PROCESS = Actor.system("trainings")
WRITTEN = journal.declare_action("responders.training.write", _("Training written"))
MOVED = journal.declare_action("responders.training.move", _("Time or place of a training changed"))
ALPHABET = "ACDEFHJKLMNPQRTUVWXY34679"
CODE_LENGTH = 8
CLOSED_AFTER = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(days=30)
AT_ONCE = 200
TEXTS = ("area_code", "title", "holder", "place", "starts_at", "ends_at", "sign_up_by", "places", "gives",
         "understanding", "valid_days", "notice")  # fmt: skip
FIXED_ONCE_ANNOUNCED = ("area_code", "gives", "understanding", "valid_days")
"""What people signed up for stays as it was."""
TOLD = ("starts_at", "ends_at", "place")


@transaction.atomic
def write_training(
    *, actor: Actor, now: datetime, given: TrainingInput, session: TrainingSession | None = None
) -> TrainingSession:
    """
    Write a training, or change one; a new time or place of an announced one is told to everybody signed up.

    Raises:
        NotPermitted: if the actor holds no trainings there.
        InvalidInput: naming the field that cannot be taken; fewer places than are taken cannot be.
        Refusal: once it is held or cancelled.
    """
    clean = cleaned(given, now=now)
    actor.require(policy.TRAIN, clean.area_code)
    values = {name: getattr(clean, name) for name in TEXTS}
    if session is not None:
        return _change(actor, now, session, values)
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))
    written = TrainingSession.objects.create(code=code, written_by_id=actor.account_id, written_at=now, **values)
    written.refresh_from_db(fields=["uuid"])
    journal.record(WRITTEN, actor=actor, subject=written, happened_at=now)
    return written


@transaction.atomic
def announce_training(*, actor: Actor, now: datetime, session: TrainingSession) -> TrainingSession:
    """
    Announce it: from now on people can sign up.

    Raises:
        Refusal: if it would have begun already.
    """
    if session.starts_at <= now:
        raise Refusal("training_over", _("This time has passed. Change it first."))
    return TRAINING.move(session, "announce", actor=actor, now=now)


@transaction.atomic
def cancel_training(*, actor: Actor, now: datetime, session: TrainingSession, why: str = "") -> TrainingSession:
    """
    Cancel it; everybody who would come is told, with the reason.

    Raises:
        Refusal: once somebody has taken part.
        InvalidInput: without a reason, when it was announced.
    """
    locked = locked_session(session)
    policy.require(policy.holds_training(actor, locked))
    reason = " ".join(why.split())[:200]
    if locked.status == TrainingStatus.ANNOUNCED and not reason:
        raise InvalidInput("reason_missing", _("Say why: everybody signed up reads it."), field="why")
    with acting(PROCESS):
        people = TrainingSignUp.objects.filter(session=locked)
        if people.filter(status__in=sorted(TOOK_PART)).exists():
            raise Refusal("training_has_begun", _("Somebody has taken part already. Close it instead."))
        have_told(people.filter(status__in=sorted(COMING)), TrainingWord.CANCELLED)
    return TRAINING.move(
        locked, "cancel", actor=actor, now=now, reason=reason,
        changes={"why": reason, "sequence": locked.sequence + 1},
    )  # fmt: skip


@transaction.atomic
def close_training(*, actor: Actor, now: datetime, session: TrainingSession) -> TrainingSession:
    """
    Close it as held: who was not seen counts as not come, which changes nothing for them and can be put right.

    Raises:
        Refusal: before it has begun.
    """
    if now < session.starts_at:
        raise Refusal("training_to_come", _("It has not begun. Cancel it if it does not take place."))
    closed = TRAINING.move(session, "close", actor=actor, now=now)
    with acting(PROCESS):
        waiting = TrainingSignUp.objects.filter(session=closed, status=SignUpStatus.SIGNED_UP)
        SIGN_UP.move_many(list(waiting.values_list("pk", flat=True)), "miss", actor=actor, now=now)
        TrainingSignUp.objects.filter(session=closed).exclude(to_tell="").update(to_tell="")
    return closed


@transaction.atomic
def look_at_trainings(*, now: datetime) -> int:
    """
    Close what ended a day ago, and forget who did not come a month after; call it in the system's scope.

    Return how many were closed. Run twice it changes nothing more.
    """
    over = TrainingSession.objects.filter(status=TrainingStatus.ANNOUNCED, ends_at__lte=now - CLOSED_AFTER)
    rows = list(over.order_by("ends_at")[:AT_ONCE])
    for session in rows:
        close_training(actor=PROCESS, now=now, session=session)
    TrainingSignUp.objects.filter(session__ends_at__lte=now - FORGOTTEN_AFTER).exclude(
        status__in=sorted(TOOK_PART)
    ).delete()
    return len(rows)


def locked_session(session: TrainingSession) -> TrainingSession:
    """Return the training as it stands, locked: places are given out one after another."""
    found: TrainingSession = TrainingSession._base_manager.select_for_update(of=("self",)).get(pk=session.pk)
    return found


def _change(actor: Actor, now: datetime, session: TrainingSession, values: dict[str, object]) -> TrainingSession:
    locked = locked_session(session)
    policy.require(policy.holds_training(actor, locked))
    if locked.status not in {TrainingStatus.DRAFT, TrainingStatus.ANNOUNCED}:
        raise Refusal("training_closed", _("This training is held or cancelled."))
    is_out = locked.status == TrainingStatus.ANNOUNCED
    changed = [
        name for name, value in values.items()
        if getattr(locked, name) != value and not (is_out and name in FIXED_ONCE_ANNOUNCED)
    ]  # fmt: skip
    for name in changed:
        setattr(locked, name, values[name])
    with acting(PROCESS):
        people = TrainingSignUp.objects.filter(session=locked)
        if locked.places < people.filter(status__in=sorted(TAKES_A_PLACE)).count():
            raise InvalidInput("places_taken", _("More people than that are signed up."), field="places")
        if is_out and set(changed) & set(TOLD):
            locked.sequence += 1
            have_told(people.filter(status__in=sorted(COMING)), TrainingWord.MOVED)
    locked.save(update_fields=[*changed, "sequence"])
    if changed:
        action = MOVED if is_out and set(changed) & set(TOLD) else WRITTEN
        journal.record(action, actor=actor, subject=locked, happened_at=now, changes={"changed": sorted(changed)})
    fill_places(locked, now=now)
    return locked
