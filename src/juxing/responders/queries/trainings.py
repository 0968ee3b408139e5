"""Reading trainings: for who holds them, for everybody, and one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.responders import policy
from juxing.responders.enums import ACTIVE
from juxing.responders.models import Responder, TrainingSession, TrainingSignUp
from juxing.responders.training_enums import TAKES_A_PLACE, TOOK_PART, SignUpStatus, TrainingStatus

PROCESS = Actor.system("trainings")
ORDER = ("-starts_at", "-id")
SHOWN_AFTER = timedelta(days=365)
MOST_OFFERED, MOST_PEOPLE, MOST_FOUND = 30, 1_000, 20
LONGEST_CODE = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of a training: places taken, waiting, took part, completed, and to be told by voice."""

    taken: int
    waiting: int
    took_part: int
    completed: int
    to_call: int


@dataclass(frozen=True, slots=True)
class Open:
    """A training one may sign up for; ``left`` places are free."""

    session: TrainingSession
    left: int


def trainings_page(*, actor: Actor, status: str = "", cursor: str | None = None) -> Page[TrainingSession]:
    """Return the trainings of the actor's places, the latest first."""
    rows = policy.visible_trainings(actor)
    return page_of(rows.filter(status=status) if status else rows, order=ORDER, cursor=cursor)


def standings(sessions: Sequence[TrainingSession]) -> dict[int, Standing]:
    """Return how these stand, in one query; it reads in the system's scope and returns counts."""
    with acting(PROCESS):
        rows = TrainingSignUp.objects.filter(session__in=[session.pk for session in sessions]).order_by()
        counted = rows.values("session_id").annotate(
            taken=Count("id", filter=Q(status__in=sorted(TAKES_A_PLACE))),
            waiting=Count("id", filter=Q(status=SignUpStatus.WAITING)),
            took_part=Count("id", filter=Q(status__in=sorted(TOOK_PART))),
            completed=Count("id", filter=Q(status=SignUpStatus.COMPLETED)),
            to_call=Count("id", filter=~Q(to_tell="") & Q(responder__phone_index="")),
        )  # fmt: skip
        found = {
            row["session_id"]: Standing(row["taken"], row["waiting"], row["took_part"], row["completed"],
                                        row["to_call"])
            for row in counted
        }  # fmt: skip
    return {session.pk: found.get(session.pk, Standing(0, 0, 0, 0, 0)) for session in sessions}


def training_of(*, actor: Actor, uuid: UUID) -> TrainingSession:
    """
    Return a training the actor holds.

    Raises:
        NotVisible: if there is none for this actor.
    """
    found = policy.visible_trainings(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def sign_ups_of(session: TrainingSession, *, uuids: Sequence[UUID] | None = None) -> list[TrainingSignUp]:
    """
    Return who signed up, in the order of signing up; only those named, if any are.

    It reads in the system's scope, because people come from anywhere; the caller holds the training, and masks.
    """
    with acting(PROCESS):
        rows = TrainingSignUp.objects.filter(session=session).select_related("responder", "session")
        if uuids is not None:
            rows = rows.filter(uuid__in=uuids)
        return list(rows.order_by("signed_up_at", "id")[:MOST_PEOPLE])


def people_to_sign_up(*, actor: Actor, session: TrainingSession, text: str) -> list[Responder]:
    """Return up to twenty people the actor sees whom the text may mean and who have no place yet."""
    from juxing.responders.queries.finding import found_people

    return [one for one in found_people(actor=actor, text=text, most=MOST_FOUND) if one.status in ACTIVE
            and not _is_in(session, one)]  # fmt: skip


def places_to_train(*, actor: Actor) -> list[Area]:
    """Return the places for which the actor may hold a training, widest first."""
    areas = actor.areas_with(policy.TRAIN)
    levels = [AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY]
    return list(Area.objects.filter(areas.condition("code"), level__in=levels).order_by("code"))


def public_training(code: str) -> TrainingSession | None:
    """Return an announced, held or cancelled training by its public address; it reads in the system's scope."""
    if not code.isalnum():
        return None
    with acting(PROCESS):
        found = TrainingSession.objects.filter(code=code[:LONGEST_CODE]).exclude(status=TrainingStatus.DRAFT)
        return found.first()


def training_at(uuid: UUID) -> TrainingSession | None:
    """Return the training of a check-in code's address; call it in the system's scope."""
    return TrainingSession.objects.filter(uuid=uuid).exclude(status=TrainingStatus.DRAFT).first()


def left_of(sessions: Sequence[TrainingSession]) -> dict[int, int]:
    """Return how many places of these are free."""
    return {pk: one.places - standing.taken for (pk, standing), one in
            zip(standings(sessions).items(), sessions, strict=True)}  # fmt: skip


def open_trainings(responder: Responder, *, now: datetime) -> list[Open]:
    """Return what somebody may sign up for near home, soonest first; call it in the system's scope."""
    code = responder.area_code
    wider = [code[:length] for length in (4, 6, 9, 12)]
    rows = TrainingSession.objects.filter(
        status=TrainingStatus.ANNOUNCED, sign_up_by__gt=now, area_code__in=wider
    ).exclude(sign_ups__in=own_sign_ups_all(responder))  # fmt: skip
    found = list(rows.order_by("starts_at", "id")[:MOST_OFFERED])
    left = left_of(found)
    return [Open(session, left[session.pk]) for session in found]


def own_sign_ups_all(responder: Responder) -> list[int]:
    """Return the ids of every sign-up of one's own."""
    return list(TrainingSignUp.objects.filter(responder=responder).values_list("pk", flat=True))


def own_sign_ups(responder: Responder, *, now: datetime) -> list[TrainingSignUp]:
    """Return one's own sign-ups of the last year and to come, soonest first; call it in the system's scope."""
    rows = TrainingSignUp.objects.filter(responder=responder, session__ends_at__gt=now - SHOWN_AFTER)
    return list(rows.select_related("session", "responder").order_by("-session__starts_at", "-id")[:100])


def own_sign_up(responder: Responder, uuid: UUID) -> TrainingSignUp:
    """
    Return one of one's own sign-ups by its training; call it in the system's scope.

    Raises:
        NotVisible: if one is not signed up there.
    """
    rows = TrainingSignUp.objects.select_related("session", "responder")
    found = rows.filter(responder=responder, session__uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def turn_of(sign_up: TrainingSignUp) -> int:
    """Return the turn on the waiting list, from 1; call it in the system's scope."""
    rows = TrainingSignUp.objects.filter(session_id=sign_up.session_id, status=SignUpStatus.WAITING)
    return rows.filter(
        Q(signed_up_at__lt=sign_up.signed_up_at) | Q(signed_up_at=sign_up.signed_up_at, pk__lt=sign_up.pk)
    ).count() + 1  # fmt: skip


def _is_in(session: TrainingSession, responder: Responder) -> bool:
    with acting(PROCESS):
        rows = TrainingSignUp.objects.filter(session=session, responder=responder)
        return rows.exclude(status__in=["withdrawn", "excused"]).exists()
