"""Reading recruitment calls: for desks, for everybody, and one's own answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.responders import policy
from juxing.responders.enums import SERVING, ReportInStatus
from juxing.responders.models import RecruitmentAnswer, RecruitmentCall, RecruitmentNeed, Responder
from juxing.responders.placing_nearest import CallPlacement, placement_of
from juxing.responders.recruitment_enums import RecruitmentStatus

PROCESS = Actor.system("recruitment")
MOST_OFFERED, MOST_WIDER = 20, 400
WIDER = (4, 6, 9)
"""How many digits the code of a city, a district and a street has."""


@dataclass(frozen=True, slots=True)
class WorkStanding:
    """One kind of work in one community: how many are wanted and placed."""

    need: RecruitmentNeed
    place: str
    placed: int


@dataclass(frozen=True, slots=True)
class CallStanding:
    """How a call stands: answers by state and by the way they came, and each work."""

    wanted: int
    answered: int
    verified: int
    placed: int
    by_channel: Sequence[tuple[str, int]]
    works: Sequence[WorkStanding]


@dataclass(frozen=True, slots=True)
class WiderCall:
    """A call of a wider place that wants people here: the works here only, and who was placed here."""

    call: RecruitmentCall
    place: str
    works: Sequence[WorkStanding]
    coming: Sequence[RecruitmentAnswer] = ()


@dataclass(frozen=True, slots=True)
class PublicCall:
    """A call as everybody reads it; ``works`` are position, title, skill and how many, over all communities."""

    call: RecruitmentCall
    place: str
    works: Sequence[tuple[int, str, str, int]]
    is_open: bool


def calls_page(*, actor: Actor, cursor: str | None = None) -> Page[RecruitmentCall]:
    """Return the calls of the actor's places, newest first, with how many are wanted and answered."""
    return page_of(policy.visible_calls(actor), order=("-id",), cursor=cursor)


def tallies(calls: Sequence[RecruitmentCall]) -> dict[int, tuple[int, int]]:
    """Return by call how many are wanted and how many answered, in two queries."""
    wanted: Counter[int] = Counter()
    ids = [call.pk for call in calls]
    for call_id, count in RecruitmentNeed.objects.filter(call_id__in=ids).values_list("call_id", "count"):
        wanted[call_id] += count
    rows = RecruitmentAnswer.objects.filter(call_id__in=ids).order_by().values("call_id").annotate(count=Count("id"))
    answered = dict(rows.values_list("call_id", "count"))
    return {pk: (wanted[pk], answered.get(pk, 0)) for pk in ids}


def wider_calls(*, actor: Actor, now: datetime) -> list[WiderCall]:
    """
    Return the published calls of the street, district or city around the actor's places that want people in them.

    Read in the system's scope: the call is public, and of its works only those in the actor's places are returned.
    """
    areas = actor.areas_with(policy.RECRUIT)
    wider = {code[:length] for code in areas.prefixes for length in WIDER if length < len(code)}
    if not wider:
        return []
    with acting(PROCESS):
        rows = RecruitmentNeed.objects.inside(areas).filter(call__area_code__in=wider, call__ends_at__gt=now)
        rows = rows.exclude(call__status=RecruitmentStatus.DRAFT).select_related("call")
        needs = list(rows.annotate(filled=Count("placed")).order_by("-call_id", "position", "area_code")[:MOST_WIDER])
        names = place_names({need.area_code for need in needs} | {need.call.area_code for need in needs})
    works: dict[RecruitmentCall, list[WorkStanding]] = {}
    for need in needs:
        standing = WorkStanding(need, names.get(need.area_code, need.area_code), need.filled)
        works.setdefault(need.call, []).append(standing)
    return [WiderCall(call, names.get(call.area_code, ""), rows) for call, rows in works.items()]


def wider_call(*, actor: Actor, now: datetime, uuid: UUID) -> WiderCall:
    """
    Return one call of a wider place with who was placed in the actor's places.

    Raises:
        NotVisible: if there is none that wants people here.
    """
    found = next((one for one in wider_calls(actor=actor, now=now) if one.call.uuid == uuid), None)
    if found is None:
        raise NotVisible
    with acting(PROCESS):
        here = RecruitmentAnswer.objects.filter(need_id__in=[work.need.pk for work in found.works])
        coming = list(here.select_related("responder", "need").order_by("need__position", "way_m", "id"))
    return replace(found, coming=coming)


def call_of(*, actor: Actor, uuid: UUID) -> RecruitmentCall:
    """
    Return a call of the actor's places.

    Raises:
        NotVisible: if there is none.
    """
    found = policy.visible_calls(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def needs_of(call: RecruitmentCall) -> list[RecruitmentNeed]:
    """Return what a call wants, work by work."""
    return list(call.needs.order_by("position", "area_code"))


def works_of(call: RecruitmentCall) -> list[tuple[int, str]]:
    """Return the kinds of work of a call, once each."""
    return list(dict(call.needs.order_by("position").values_list("position", "title")).items())


def standing_of(call: RecruitmentCall) -> CallStanding:
    """Return how a call stands; it reads in the system's scope, because people live anywhere, and returns counts."""
    with acting(PROCESS):
        counted = call.answers.aggregate(
            answered=Count("id"), verified=Count("id", filter=Q(responder__status__in=sorted(SERVING))),
            placed=Count("id", filter=Q(need__isnull=False)),
        )  # fmt: skip
        channels = call.answers.order_by().values("channel").annotate(count=Count("id")).order_by("-count", "channel")
        by_channel = list(channels.values_list("channel", "count"))
        needs = list(call.needs.annotate(filled=Count("placed")).order_by("position", "area_code"))
        names = place_names({need.area_code for need in needs})
    works = [WorkStanding(need, names.get(need.area_code, need.area_code), need.filled) for need in needs]
    return CallStanding(sum(need.count for need in needs), **counted, by_channel=by_channel, works=works)


def answers_page(*, call: RecruitmentCall, only: str = "", cursor: str | None = None) -> Page[RecruitmentAnswer]:
    """Return who answered a call, newest first; those who wait to be verified only, if asked."""
    with acting(PROCESS):
        rows = RecruitmentAnswer.objects.filter(call=call).select_related("responder", "need")
        if only == ReportInStatus.SUBMITTED:
            rows = rows.filter(responder__status=only)
        return page_of(rows, order=("-id",), cursor=cursor)


def proposal_for(*, actor: Actor, call: RecruitmentCall) -> CallPlacement:
    """
    Return who would go where.

    Raises:
        NotPermitted: if the actor does not recruit there.
    """
    policy.require(policy.can_recruit(actor, call))
    with acting(PROCESS):
        return placement_of(call)


def public_call(code: str, *, now: datetime) -> PublicCall | None:
    """Return a published or closed call by its public address, or None; it reads in the system's scope."""
    if not code.isalnum():
        return None
    with acting(PROCESS):
        call = RecruitmentCall.objects.filter(code=code[:12]).exclude(status=RecruitmentStatus.DRAFT).first()
        if call is None:
            return None
        works: dict[int, tuple[int, str, str, int]] = {}
        for need in needs_of(call):
            before = works.get(need.position, (0, "", "", 0))[3]
            works[need.position] = (need.position, need.title, need.skill, before + need.count)
        is_open = call.status == RecruitmentStatus.PUBLISHED and call.answer_by > now
        place = place_names({call.area_code}).get(call.area_code, "")
    return PublicCall(call, place, list(works.values()), is_open)


def open_calls(area_code: str, *, now: datetime) -> list[RecruitmentCall]:
    """Return the calls open now of the places that hold this one; call it in the system's scope."""
    rows = RecruitmentCall.objects.filter(status=RecruitmentStatus.PUBLISHED, answer_by__gt=now)
    wider = [area_code[:length] for length in (6, 9, 12)]
    return list(rows.filter(area_code__in=wider).order_by("-id")[:MOST_OFFERED])


def open_calls_of(*, actor: Actor, now: datetime) -> list[RecruitmentCall]:
    """Return the calls of the actor's places that take answers now."""
    rows = policy.visible_calls(actor).filter(status=RecruitmentStatus.PUBLISHED, answer_by__gt=now)
    return list(rows.order_by("-id")[:MOST_OFFERED])


def own_answers(responder: Responder, *, now: datetime) -> list[RecruitmentAnswer]:
    """Return one's own answers to calls that are not over; call it in the system's scope."""
    rows = responder.recruitment_answers.filter(call__ends_at__gt=now).select_related("call", "need")
    return list(rows.order_by("-answered_at", "-id")[:MOST_OFFERED])


def published_call(uuid: UUID) -> RecruitmentCall:
    """
    Return a published call; call it in the system's scope.

    Raises:
        NotVisible: if it was not published.
    """
    found = RecruitmentCall.objects.filter(uuid=uuid).exclude(status=RecruitmentStatus.DRAFT).first()
    if found is None:
        raise NotVisible
    return found


def own_answer(responder: Responder, uuid: UUID) -> RecruitmentAnswer:
    """
    Return one's own answer to a call; call it in the system's scope.

    Raises:
        NotVisible: if it is none of theirs.
    """
    rows = RecruitmentAnswer.objects.select_related("call", "responder")
    found = rows.filter(responder=responder, call__uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def recruiting_places(*, actor: Actor) -> list[Area]:
    """Return the places for which the actor can write a call, widest first."""
    areas = actor.areas_with(policy.RECRUIT)
    levels = [AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY]
    return list(Area.objects.filter(areas.condition("code"), level__in=levels).order_by("code"))


def place_names(codes: set[str]) -> dict[str, str]:
    """Return the names of places."""
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
