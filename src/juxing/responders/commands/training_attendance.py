"""Taking part in a training: by the venue's code or noted by whoever holds it; understood, completed, gates opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.check_in_codes import CodeState, state_of
from juxing.responders.commands.clearing import show_many
from juxing.responders.commands.training_places import places_left, sign_up_for_training
from juxing.responders.commands.training_record import write_into_staff_register
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.lifecycle import SIGN_UP
from juxing.responders.models import Clearance, Responder, TrainingSession, TrainingSignUp
from juxing.responders.training_enums import GONE, SignUpStatus, TrainingStatus, UnderstandingCheck
from juxing.responders.training_inputs import courses_of

PROCESS = Actor.system("trainings")
EARLY = timedelta(minutes=60)
PUT_RIGHT_WITHIN = timedelta(days=30)
"""So long after the end it can be noted who took part, and questions can be answered."""


@transaction.atomic
def check_in_to_training(
    *, actor: Actor, now: datetime, session: TrainingSession, responder: Responder, code: str
) -> TrainingSignUp:
    """
    Check in with the code that is shown there; who did not sign up takes a free place. Call it in the system's scope.

    Raises:
        NotPermitted: if it is not the person themselves.
        InvalidInput: if the code is old, or none of this training's.
        Refusal: too early, after the end, or when every place is taken.
    """
    if not policy.is_oneself(actor, responder):
        raise NotPermitted
    state = state_of(code, session.uuid, now=now)
    if state is CodeState.OLD:
        raise InvalidInput("code_old", _("This code has run out. Read the one that is shown now."), field="code")
    if state is not CodeState.VALID:
        raise InvalidInput("code_forged", _("This code is none of this venue's. Nothing was entered."), field="code")
    if session.status != TrainingStatus.ANNOUNCED or now > session.ends_at:
        raise Refusal("training_over", _("This training is over. Ask whoever held it."))
    if now < session.starts_at - EARLY:
        raise Refusal("too_early", _("It begins later: check in from an hour before."))
    known = TrainingSignUp.objects.filter(session=session, responder=responder).first()
    if known is None or known.status in {SignUpStatus.WAITING, *GONE}:
        if places_left(session) < 1:
            raise Refusal("training_full", _("Every place is taken. Ask whoever holds the training."))
        if known is None or known.status == SignUpStatus.WAITING:
            known = _seated(now, session, responder, known)
    if known.status in {SignUpStatus.PRESENT, SignUpStatus.COMPLETED}:
        return known
    here = SIGN_UP.move(known, "check_in", actor=actor, now=now, changes={
        "checked_in_at": now, "excuse": "", "to_tell": "", "minutes": minutes_of(session, now),
    })  # fmt: skip
    return next(iter(_complete_answered(session, [here], actor=actor, now=now)), here)


@transaction.atomic
def note_here(*, actor: Actor, now: datetime, session: TrainingSession, sign_ups: Iterable[TrainingSignUp]) -> int:
    """
    Note that these took part, on the spot or afterwards from the sheet; return how many.

    Afterwards counts from the beginning, for the sheet names no minute.

    Raises:
        NotPermitted: if the actor does not hold the training.
        Refusal: long before it begins, or a month after it ended.
    """
    policy.require(policy.holds_training(actor, session))
    _require_time(session, now=now)
    at = now if now <= session.ends_at else session.starts_at
    with acting(PROCESS):
        moved = SIGN_UP.move_many([row.pk for row in sign_ups], "check_in", actor=actor, now=now)
        here = TrainingSignUp.objects.filter(pk__in=moved)
        here.update(checked_in_at=at, excuse="", to_tell="", minutes=minutes_of(session, at))
        _complete_answered(session, list(here.select_related("responder")), actor=actor, now=now)
    return len(moved)


@transaction.atomic
def note_understood(
    *, actor: Actor, now: datetime, session: TrainingSession, sign_ups: Iterable[TrainingSignUp]
) -> int:
    """
    Confirm that these showed on the spot that they understood: the training is completed and opens its gates.

    Oneself is left out, and who did not take part. Return how many.
    """
    policy.require(policy.holds_training(actor, session))
    _require_time(session, now=now)
    others = [
        row for row in sign_ups
        if row.responder.account_id is None or row.responder.account_id != actor.account_id
    ]  # fmt: skip
    return len(_complete(session, others, actor=actor, now=now))


@transaction.atomic
def undo_here(*, actor: Actor, now: datetime, session: TrainingSession, sign_ups: Iterable[TrainingSignUp]) -> int:
    """Take back that these took part; what was completed stays, for it has opened gates."""
    policy.require(policy.holds_training(actor, session))
    with acting(PROCESS):
        moved = SIGN_UP.move_many([row.pk for row in sign_ups], "undo", actor=actor, now=now)
        TrainingSignUp.objects.filter(pk__in=moved).update(checked_in_at=None, minutes=0)
        if session.status == TrainingStatus.HELD:
            SIGN_UP.move_many(moved, "miss", actor=actor, now=now)
    return len(moved)


@transaction.atomic
def complete_by_answers(*, actor: Actor, now: datetime, responder: Responder) -> list[TrainingSignUp]:
    """
    Complete the trainings one took part in whose lessons one has understood since they began.

    Called after the answers to a lesson; call it in the system's scope.
    """
    rows = TrainingSignUp.objects.filter(
        responder=responder, status=SignUpStatus.PRESENT, session__ends_at__gt=now - PUT_RIGHT_WITHIN
    ).select_related("session", "responder")
    return [done for row in rows for done in _complete_answered(row.session, [row], actor=actor, now=now)]


def minutes_of(session: TrainingSession, checked_in_at: datetime) -> int:
    """Return how long somebody took part who came at that moment: until the end, from the beginning at most."""
    since = max(session.starts_at, checked_in_at)
    return max(0, int((session.ends_at - since).total_seconds() // 60))


def holds_until(session: TrainingSession) -> date:
    """Return the last day on which the training counts."""
    return localdate(session.starts_at) + timedelta(days=session.valid_days)


def _complete(
    session: TrainingSession, rows: Sequence[TrainingSignUp], *, actor: Actor, now: datetime
) -> list[TrainingSignUp]:
    with acting(PROCESS):
        moving = TrainingSignUp.objects.filter(
            pk__in=[row.pk for row in rows], status=SignUpStatus.PRESENT, checked_in_at__isnull=False
        )
        moving.update(understood_at=now)
        moved = SIGN_UP.move_many(list(moving.values_list("pk", flat=True)), "complete", actor=actor, now=now)
        done = list(TrainingSignUp.objects.filter(pk__in=moved).select_related("responder").order_by("pk"))
        shown = [(kind, code) for kind, _sep, code in (one.partition(":") for one in session.gives)]
        show_many(actor=actor, now=now, people=[row.responder for row in done], shown=shown, until=holds_until(session))
        write_into_staff_register(session, done, now=now)
    return done


def _complete_answered(
    session: TrainingSession, rows: Sequence[TrainingSignUp], *, actor: Actor, now: datetime
) -> list[TrainingSignUp]:
    """Complete those of them who answered all its lessons right since it began, or within the hour before."""
    if session.understanding != UnderstandingCheck.QUESTIONS or not rows:
        return []
    courses = set(courses_of(session.gives))
    answered: defaultdict[int, set[str]] = defaultdict(set)
    with acting(PROCESS):
        understood = Clearance.objects.filter(
            responder__in=[row.responder_id for row in rows], kind=ClearanceKind.TRAINING, code__in=sorted(courses),
            confirmed_at__gte=session.starts_at - EARLY,
        ).exclude(valid_until__lt=localdate(now))  # fmt: skip
        for person, code in understood.values_list("responder_id", "code"):
            answered[person].add(code)
    return _complete(session, [row for row in rows if courses <= answered[row.responder_id]], actor=actor, now=now)


def _seated(
    now: datetime, session: TrainingSession, responder: Responder, known: TrainingSignUp | None
) -> TrainingSignUp:
    """Give who stands before the door a free place, signed up or not; the time to sign up is over by then."""
    if known is not None:
        return SIGN_UP.move(known, "seat", actor=PROCESS, now=now, changes={"to_tell": ""})
    return sign_up_for_training(actor=PROCESS, now=now, session=session, responder=responder)


def _require_time(session: TrainingSession, *, now: datetime) -> None:
    if session.status not in {TrainingStatus.ANNOUNCED, TrainingStatus.HELD} or now < session.starts_at - EARLY:
        raise Refusal("training_to_come", _("Who takes part can be noted from an hour before it begins."))
    if now > session.ends_at + PUT_RIGHT_WITHIN:
        raise Refusal("training_long_over", _("This training ended more than a month ago."))
