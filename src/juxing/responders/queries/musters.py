"""Reading who was called to a response: for those who coordinate, and for oneself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Left

from juxing.activations.models import Activation
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.responders import policy
from juxing.responders.models import Muster, Responder
from juxing.responders.muster_enums import COUNTED_ON, MusterStatus

PROCESS = Actor.system("muster")
COMMUNITY_LENGTH = 12
ORDER = ("area_code", "id")


@dataclass(frozen=True, slots=True)
class PlaceStanding:
    """How many were called to a community (or street), and what became of it."""

    area_code: str
    name: str
    called: int
    coming: int
    here: int
    declined: int


@dataclass(frozen=True, slots=True)
class OwnMuster:
    """A call as the person sees it: for which response, where."""

    muster: Muster
    response: str
    place: str


def activation_called(*, actor: Actor, uuid: UUID) -> Activation:
    """
    Return a response to which people were called at the actor's places, or which the actor commands.

    Raises:
        NotVisible: otherwise.
    """
    with acting(PROCESS):
        found = Activation.objects.select_related("incident").defer("preview").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    rows = policy.visible_musters(actor).filter(activation_id=found.pk)
    if not actor.may(policy.MUSTER, found.area_code) and not rows.exists():
        raise NotVisible
    return found


def standing_by_place(*, actor: Actor, activation: Activation) -> list[PlaceStanding]:
    """Return how the muster stands, community by community, in two queries."""
    rows = policy.visible_musters(actor).filter(activation_id=activation.pk)
    counted = rows.order_by().values(place=Left("area_code", COMMUNITY_LENGTH)).annotate(
        called=Count("id"),
        coming=Count("id", filter=Q(status=MusterStatus.COMING)),
        here=Count("id", filter=Q(status=MusterStatus.HERE)),
        declined=Count("id", filter=Q(status=MusterStatus.DECLINED)),
    )  # fmt: skip
    found = list(counted.order_by("place").values_list("place", "called", "coming", "here", "declined"))
    names = place_names({row[0] for row in found})
    return [PlaceStanding(row[0], names.get(row[0], row[0]), *row[1:]) for row in found]


def musters_page(
    *, actor: Actor, activation: Activation, area_code: str = "", status: str = "", cursor: str | None = None
) -> Page[Muster]:
    """Return who was called, place by place."""
    rows = policy.visible_musters(actor).filter(activation_id=activation.pk).within(area_code)
    if status in MusterStatus.values:
        rows = rows.filter(status=status)
    return page_of(rows, order=ORDER, cursor=cursor)


def people_of(rows: Sequence[Muster]) -> dict[int, Responder]:
    """Return who is behind calls the actor may see: they may live next door."""
    with acting(PROCESS):
        return Responder.objects.in_bulk([row.responder_id for row in rows])


def people_behind(ids: set[int]) -> dict[int, Responder]:
    """Return these people, who live in the parts of a response the actor coordinates or next door; pages mask them."""
    with acting(PROCESS):
        return Responder.objects.in_bulk(ids)


def muster_of(*, actor: Actor, uuid: UUID) -> Muster:
    """
    Return one call.

    Raises:
        NotVisible: if there is none at the actor's places.
    """
    found = policy.visible_musters(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def activation_uuid(muster: Muster) -> UUID:
    """Return which response a call belongs to."""
    with acting(PROCESS):
        return Activation.objects.only("uuid").get(pk=muster.activation_id).uuid


def own_musters(responder: Responder, *, now: datetime) -> list[OwnMuster]:
    """Return the calls one can answer; call it in the system's scope."""
    rows = responder.musters.filter(
        status__in=[*sorted(COUNTED_ON), MusterStatus.DECLINED], ends_at__gt=now
    ).order_by("-called_at", "-id")[:10]  # fmt: skip
    found = list(rows)
    responses = Activation.objects.select_related("incident").in_bulk({row.activation_id for row in found})
    names = place_names({row.area_code for row in found} | {row.area_code[:COMMUNITY_LENGTH] for row in found})
    return [
        OwnMuster(row, responses[row.activation_id].incident.title, place_words(row.area_code, names)) for row in found
    ]


def own_muster(responder: Responder, uuid: UUID) -> Muster:
    """
    Return one's own call; call it in the system's scope.

    Raises:
        NotVisible: if it is none of theirs.
    """
    found = Muster.objects.filter(responder=responder, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def place_names(codes: set[str]) -> dict[str, str]:
    """Return the names of places."""
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def place_words(code: str, names: dict[str, str]) -> str:
    """Return a place with the community it lies in."""
    community = names.get(code[:COMMUNITY_LENGTH], code[:COMMUNITY_LENGTH])
    return community if len(code) <= COMMUNITY_LENGTH else f"{community} {names.get(code, code)}"
