"""Reading responders: lists for desks, one's own report-in, and how many came (never who did not)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Left

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import Job, JournalEntry
from juxing.kernel.refusals import InvalidInput, NotVisible
from juxing.kernel.scope import ScopedQuerySet
from juxing.organisations.models import Organisation
from juxing.people.phone_numbers import normal_phone, phone_index
from juxing.places.codes import COMMUNITY_CODE_LENGTH
from juxing.places.enums import AreaLevel
from juxing.places.models import Area, Estate
from juxing.responders import policy
from juxing.responders.enums import SERVING, ReportInStatus
from juxing.responders.links import link_digest
from juxing.responders.models import Availability, ReportIn, ReportInList, Responder
from juxing.responders.work import ServiceSummary, came_in, load_of, summary_of

RESPONDER_ORDER = ("-id",)
SMALLEST_GROUP = 10
MAXIMUM_UNITS = 500
STREET_CODE_LENGTH = 9
LONGEST_TOKEN = 100
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a desk looks for; "" is everything. ``text`` is part of a name or a whole telephone number."""

    area_code: str = ""
    status: str = ""
    kind: str = ""
    skill: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ListedResponder:
    """A responder with the room they have left today and where they serve."""

    responder: Responder
    place: str
    free: int


@dataclass(frozen=True, slots=True)
class ResponderDetail:
    """Everything a desk sees of one responder; ``may_act`` names the lifecycle's steps open to this actor."""

    responder: Responder
    place: str
    report_ins: Sequence[ReportIn]
    periods: Sequence[Availability]
    entries: Sequence[JournalEntry]
    free: int


@dataclass(frozen=True, slots=True)
class Me:
    """One's own report-in with times and service."""

    responder: Responder
    place: str
    report_ins: Sequence[ReportIn]
    periods: Sequence[Availability]
    service: ServiceSummary
    free: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the attendance funnel; ``count`` is None when it would speak of fewer than ten people."""

    code: str
    count: int | None


def responders_page(*, actor: Actor, filters: Filters, cursor: str | None = None) -> Page[Responder]:
    """Return a page of responders, newest first; those who left are not listed."""
    return page_of(_filtered(actor, filters).select_related("home_unit"), order=RESPONDER_ORDER, cursor=cursor)


def listed(rows: Sequence[Responder], *, now: datetime) -> list[ListedResponder]:
    """Return rows with place names and free capacity, in two queries."""
    load = load_of([row.pk for row in rows], now=now)
    names = _place_names({row.area_code for row in rows})
    return [
        ListedResponder(row, names.get(row.area_code, row.area_code), max(0, row.capacity - load[row.pk]))
        for row in rows
    ]


def counts_by_status(*, actor: Actor, area_code: str = "") -> dict[str, int]:
    """Return how many responders of each state the actor sees at a place."""
    rows = policy.visible_responders(actor).within(area_code).values("status").annotate(count=Count("id")).order_by()
    return dict(rows.values_list("status", "count"))


def responder_of(*, actor: Actor, uuid: UUID) -> Responder:
    """
    Return one responder.

    Raises:
        NotVisible: if there is none for this actor.
    """
    found = policy.visible_responders(actor).select_related("home_unit").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def responder_detail(*, actor: Actor, now: datetime, uuid: UUID) -> ResponderDetail:
    """
    Return one responder with report-ins, times and journal.

    Raises:
        NotVisible: if there is none for this actor.
    """
    responder = responder_of(actor=actor, uuid=uuid)
    return ResponderDetail(
        responder=responder,
        place=_place_names({responder.area_code}).get(responder.area_code, responder.area_code),
        report_ins=_report_ins(responder),
        periods=_periods(responder, now=now),
        entries=list(journal.entries_about(Responder._meta.label_lower, responder.uuid)[:50]),
        free=max(0, responder.capacity - load_of([responder.pk], now=now)[responder.pk]),
    )


def own_responder(*, actor: Actor) -> Responder | None:
    """Return the responder behind the account; call it in the system's scope, as they may serve elsewhere."""
    if actor.account_id is None:
        return None
    return Responder.objects.select_related("home_unit").filter(account_id=actor.account_id).first()


def responder_by_link(token: str, *, now: datetime) -> Responder | None:
    """Return the responder of a link that has not ended, or None; call it in the system's scope."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    rows = Responder.objects.select_related("home_unit")
    return rows.filter(link_digest=link_digest(token), link_expires_at__gt=now).first()


def responder_of_phone(phone: str) -> Responder | None:
    """Return who has reported in with this number, or None; call it in the system's scope, for a proved phone."""
    index = phone_index(phone)
    return Responder.objects.filter(phone_index=index).first() if index else None


def me(responder: Responder, *, now: datetime) -> Me:
    """Return one's own report-in; call it in the system's scope."""
    return Me(
        responder=responder,
        place=_place_names({responder.area_code}).get(responder.area_code, responder.area_code),
        report_ins=_report_ins(responder),
        periods=_periods(responder, now=now),
        service=summary_of(responder.pk, since=now - YEAR),
        free=max(0, responder.capacity - load_of([responder.pk], now=now)[responder.pk]),
    )


def attendance_funnel(*, actor: Actor, now: datetime, days: int = 14, area_code: str = "") -> list[Stage]:
    """
    Return how many reported in, are verified, were asked, came and finished; [] for fewer than ten people.

    Counts only: a count of one to nine is withheld, because in a small community it points at persons.
    """
    areas = actor.areas_with(policy.SEE_ATTENDANCE) & Areas([area_code])
    rows = Responder.objects.inside(areas).exclude(status=ReportInStatus.WITHDRAWN)
    totals = rows.aggregate(
        reported=Count("id"),
        verified=Count("id", filter=Q(status__in=sorted(SERVING))),
    )
    if totals["reported"] < SMALLEST_GROUP:
        return []
    came = came_in(areas, since=now - timedelta(days=days))
    counts = {
        "reported_in": totals["reported"], "verified": totals["verified"], "asked": came.asked,
        "checked_in": came.checked_in, "finished_one": came.finished_one, "finished_three": came.finished_three,
    }  # fmt: skip
    return [Stage(code, None if 0 < count < SMALLEST_GROUP else count) for code, count in counts.items()]


def communities_of(*, actor: Actor) -> list[Area]:
    """Return the communities where the actor may record responders."""
    areas = actor.areas_with(policy.VERIFY)
    return list(Area.objects.filter(areas.condition("code"), level=AreaLevel.COMMUNITY).order_by("code"))


def home_units_of(*, actor: Actor) -> list[Organisation]:
    """Return the organisations of the actor's places whose people may report in to them."""
    areas = actor.areas_with(policy.VERIFY)
    return list(Organisation.objects.inside(areas).order_by("name")[:MAXIMUM_UNITS])


def list_areas_of(*, actor: Actor) -> list[Area]:
    """Return the places for which the actor may take in lists, widest first."""
    areas = actor.areas_with(policy.VERIFY)
    levels = [AreaLevel.DISTRICT, AreaLevel.STREET, AreaLevel.COMMUNITY]
    return list(Area.objects.filter(areas.condition("code"), level__in=levels).order_by("code"))


def communities_near(*, actor: Actor) -> list[Area]:
    """Return the communities of the streets where the actor has any role: where they can report in themselves."""
    streets = Areas(prefix[:STREET_CODE_LENGTH] for prefix in actor.areas.prefixes)
    return list(Area.objects.filter(streets.condition("code"), level=AreaLevel.COMMUNITY).order_by("code"))


def communities_by_street() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the communities that Juxing serves, those with estates, by street; call it in the system's scope."""
    codes = Estate.objects.annotate(community=Left("area_code", COMMUNITY_CODE_LENGTH)).order_by().values("community")
    served = list(Area.objects.filter(code__in=codes.distinct()).order_by("code").values_list("code", "name"))
    streets = dict(
        Area.objects.filter(code__in={code[:STREET_CODE_LENGTH] for code, _name in served}).values_list("code", "name")
    )
    by_street: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, name in served:
        by_street[code[:STREET_CODE_LENGTH]].append((code, name))
    return [(streets.get(street, street), rows) for street, rows in by_street.items()]


def community_to_print(*, actor: Actor, area_code: str) -> Area:
    """
    Return a community whose poster the actor may print.

    Raises:
        NotVisible: if it is none of theirs.
    """
    found = next((area for area in communities_of(actor=actor) if area.code == area_code), None)
    if found is None:
        raise NotVisible
    return found


def list_of(*, actor: Actor, uuid: UUID) -> ReportInList:
    """
    Return an uploaded list.

    Raises:
        NotVisible: if there is none for this actor.
    """
    found = ReportInList.objects.inside(actor.areas_with(policy.VERIFY)).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def recent_lists(*, actor: Actor, limit: int = 10) -> list[ReportInList]:
    """Return the lists uploaded last, without their content."""
    rows = ReportInList.objects.inside(actor.areas_with(policy.VERIFY)).defer("content")
    return list(rows.order_by("-uploaded_at")[:limit])


def job_of(sent: ReportInList) -> Job | None:
    """Return the job that takes in a list."""
    return Job.objects.filter(uuid=sent.job_uuid).first() if sent.job_uuid else None


def _filtered(actor: Actor, filters: Filters) -> ScopedQuerySet[Responder]:
    rows = policy.visible_responders(actor).within(filters.area_code)
    rows = rows.filter(status=filters.status) if filters.status else rows.exclude(status=ReportInStatus.WITHDRAWN)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.skill:
        rows = rows.filter(skills__contains=[filters.skill])
    if filters.text.strip():
        rows = rows.filter(_named(filters.text.strip()))
    return rows


def _named(text: str) -> Q:
    try:
        phone = normal_phone(text)
    except InvalidInput:
        phone = ""
    return Q(phone_index=phone_index(phone)) if phone else Q(name__contains=text)


def _place_names(codes: set[str]) -> dict[str, str]:
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def _report_ins(responder: Responder) -> list[ReportIn]:
    return list(responder.report_ins.select_related("organisation").order_by("reported_at", "id"))


def _periods(responder: Responder, *, now: datetime) -> list[Availability]:
    return list(responder.availabilities.filter(ends_at__gt=now).order_by("starts_at"))
