"""Places in a training: signing up, the waiting list, taking it back, being excused. No changes nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.commands.training_words import have_told
from juxing.responders.enums import ReportInChannel, ReportInStatus
from juxing.responders.lifecycle import SIGN_UP
from juxing.responders.models import Duty, Responder, TrainingSession, TrainingSignUp
from juxing.responders.roster_enums import BINDING, Excuse
from juxing.responders.training_enums import COMING, GONE, TAKES_A_PLACE, SignUpStatus, TrainingStatus, TrainingWord

PROCESS = Actor.system("trainings")
SIGNED_UP = journal.declare_action("responders.training_sign_up.sign_up", _("Signed up for a training"))


@transaction.atomic
def sign_up_for_training(
    *,
    actor: Actor,
    now: datetime,
    session: TrainingSession,
    responder: Responder,
    channel: str = ReportInChannel.MOBILE,
) -> TrainingSignUp:
    """
    Take a place, or one's turn on the waiting list when all are taken; who is in already stays as they are.

    Call it in the system's scope for people from elsewhere. A desk signs up until the end, others until ``sign_up_by``.

    Raises:
        NotPermitted: if it is neither the person nor who holds the training.
        Refusal: if nobody can sign up (any more), or the person has a shift or another training then.
    """
    locked: TrainingSession = TrainingSession._base_manager.select_for_update(of=("self",)).get(pk=session.pk)
    holds = policy.holds_training(actor, locked)
    policy.require(holds or policy.is_oneself(actor, responder))
    _require_open(locked, by_desk=holds, now=now)
    known = TrainingSignUp.objects.filter(session=locked, responder=responder).first()
    if known is not None and known.status not in GONE:
        return known
    if responder.status == ReportInStatus.WITHDRAWN:
        raise Refusal("has_left", _("This person has left."))
    _require_free(responder, locked)
    status = SignUpStatus.SIGNED_UP if places_left(locked) > 0 else SignUpStatus.WAITING
    entered = TrainingWord.ENTERED if holds and not policy.is_oneself(actor, responder) else ""
    if known is not None:
        step = "return" if status == SignUpStatus.SIGNED_UP else "queue"
        return SIGN_UP.move(known, step, actor=actor, now=now, changes={"excuse": "", "signed_up_at": now})
    made = TrainingSignUp.objects.create(
        area_code=locked.area_code, session=locked, responder=responder, status=status, channel=channel,
        signed_up_at=now,
    )  # fmt: skip
    made.refresh_from_db(fields=["uuid"])
    journal.record(SIGNED_UP, actor=actor, subject=made, happened_at=now, changes={"as": str(status)})
    if entered and locked.starts_at > now:
        have_told(TrainingSignUp.objects.filter(pk=made.pk), TrainingWord(entered))
    return made


@transaction.atomic
def take_back_sign_up(*, actor: Actor, now: datetime, sign_up: TrainingSignUp) -> TrainingSignUp:
    """Let a place go; no reason is asked and nothing follows. The next on the waiting list moves up and is told."""
    with acting(PROCESS):
        done = SIGN_UP.move(sign_up, "take_back", actor=actor, now=now, changes={"to_tell": ""})
        fill_places(done.session, now=now)
    return done


@transaction.atomic
def excuse_from_training(*, actor: Actor, now: datetime, sign_up: TrainingSignUp, kind: str) -> TrainingSignUp:
    """
    Excuse somebody, before or after; the next on the waiting list moves up.

    Raises:
        InvalidInput: if the kind is unknown.
        NotPermitted: if somebody releases themselves.
    """
    if kind not in Excuse.values:
        raise InvalidInput("excuse_unknown", _("Choose one of the list."), field="excuse")
    if kind == Excuse.RELEASED and not policy.notes_sign_up(actor, sign_up):
        raise NotPermitted
    with acting(PROCESS):
        done = SIGN_UP.move(sign_up, "excuse", actor=actor, now=now, changes={"excuse": kind, "to_tell": ""})
        fill_places(done.session, now=now)
    return done


def fill_places(session: TrainingSession, *, now: datetime) -> int:
    """Let those who wait longest take the free places of a training to come, and tell them; return how many."""
    if session.status != TrainingStatus.ANNOUNCED or session.starts_at <= now:
        return 0
    with acting(PROCESS):
        locked: TrainingSession = TrainingSession._base_manager.select_for_update(of=("self",)).get(pk=session.pk)
        waiting = TrainingSignUp.objects.filter(session=locked, status=SignUpStatus.WAITING)
        next_in = list(
            waiting.order_by("signed_up_at", "id").values_list("pk", flat=True)[: max(0, places_left(locked))]
        )
        moved = SIGN_UP.move_many(next_in, "seat", actor=PROCESS, now=now)
        have_told(TrainingSignUp.objects.filter(pk__in=moved), TrainingWord.SEATED)
    return len(moved)


def places_left(session: TrainingSession) -> int:
    """Return how many places are free; reads in the system's scope and returns a number only."""
    with acting(PROCESS):
        taken = TrainingSignUp.objects.filter(session=session, status__in=sorted(TAKES_A_PLACE)).count()
    return session.places - taken


def _require_open(session: TrainingSession, *, by_desk: bool, now: datetime) -> None:
    until = session.ends_at if by_desk else session.sign_up_by
    if session.status != TrainingStatus.ANNOUNCED or now > until:
        raise Refusal("training_closed", _("Nobody can sign up for this training any more."))


def _require_free(responder: Responder, session: TrainingSession) -> None:
    with acting(PROCESS):
        duties = Duty.objects.filter(
            responder=responder, status__in=sorted(BINDING), starts_at__lt=session.ends_at,
            ends_at__gt=session.starts_at,
        )  # fmt: skip
        others = TrainingSignUp.objects.filter(
            responder=responder, status__in=sorted(COMING), session__starts_at__lt=session.ends_at,
            session__ends_at__gt=session.starts_at, session__status=TrainingStatus.ANNOUNCED,
        ).exclude(session=session)  # fmt: skip
        if duties.exists():
            raise Refusal(
                "shift_at_that_time", _("There is a shift at that time. Give it away or be excused from it first.")
            )
        if others.exists():
            raise Refusal("training_at_that_time", _("There is another training at that time. Take that back first."))
