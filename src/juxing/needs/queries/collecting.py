"""Reading collection rounds and pauses: what holds at a place, how far a pass is, which buildings are left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet, acting
from juxing.needs import policy
from juxing.needs.enums import IntakeChannel
from juxing.needs.models import CollectionRound, IntakePause, Need, RoundReport
from juxing.places.codes import ancestors
from juxing.places.models import Building, Household

PROCESS = Actor.system("collection rounds")
"""Reads which round or pause holds over a place: its row stands at the community or street, above who asks."""


@dataclass(frozen=True, slots=True)
class PassNow:
    """The pass of a round that is under way: its number from 1, its beginning, and when the next begins."""

    number: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """A round with how far its pass is; ``needs`` were recorded at doors since the pass began."""

    round: CollectionRound
    current: PassNow
    buildings: int
    buildings_done: int
    doors: int
    doors_reached: int
    needs: int


@dataclass(frozen=True, slots=True)
class BuildingState:
    """One building of a pass; ``report`` is None while nobody was there."""

    building: Building
    doors: int
    report: RoundReport | None


def open_rounds(areas: Areas) -> ScopedQuerySet[CollectionRound]:
    """Return the rounds nobody closed in these places; what has passed its end is over all the same."""
    return CollectionRound.objects.inside(areas).filter(closed_at__isnull=True)


def pass_at(found: CollectionRound, now: datetime) -> PassNow:
    """Return the pass under way; passes follow each other from the opening on, by the clock alone."""
    length = timedelta(hours=found.every_hours)
    number = max(0, (min(now, found.ends_at) - found.opened_at) // length)
    since = found.opened_at + number * length
    return PassNow(number + 1, since, min(since + length, found.ends_at))


def is_form_short(place: str, *, now: datetime) -> bool:
    """Whether forms for this place ask only what a helper cannot do without."""
    with acting(PROCESS):
        rows = CollectionRound.objects.filter(area_code__in=ancestors(place), closed_at__isnull=True)
        return rows.filter(has_short_form=True, ends_at__gt=now).exists()


def pause_at(place: str, *, now: datetime) -> IntakePause | None:
    """Return the pause that holds at this place, the one that lasts longest first."""
    with acting(PROCESS):
        rows = IntakePause.objects.filter(area_code__in=ancestors(place), starts_at__lte=now, ends_at__gt=now)
        return rows.order_by("-ends_at", "id").first()


def is_place_asked_first(*, now: datetime) -> bool:
    """Whether what a form asks, or whether it is taken, depends on the place today."""
    with acting(PROCESS):
        short = CollectionRound.objects.filter(closed_at__isnull=True, has_short_form=True, ends_at__gt=now)
        return short.exists() or IntakePause.objects.filter(starts_at__lte=now, ends_at__gt=now).exists()


def pauses_page(*, actor: Actor, cursor: str | None = None) -> Page[IntakePause]:
    """Return the pauses of the actor's places, those that end last first."""
    rows = IntakePause.objects.inside(actor.areas_with(policy.READ)).select_related("paused_by")
    return page_of(rows, order=("-ends_at", "-id"), cursor=cursor)


def pause_for(*, actor: Actor, uuid: UUID) -> IntakePause:
    """
    Return a pause.

    Raises:
        NotVisible: if there is none in the actor's places.
    """
    found = IntakePause.objects.inside(actor.areas_with(policy.READ)).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def rounds_page(*, actor: Actor, now: datetime, cursor: str | None = None) -> Page[CollectionRound]:
    """Return the rounds that last in the actor's places or around them, place by place, a page at a time."""
    recording = actor.areas_with(policy.RECORD)
    around = {above for prefix in recording.prefixes for above in ancestors(prefix)}
    with acting(PROCESS):
        rows = CollectionRound.objects.filter(
            recording.condition() | Q(area_code__in=sorted(around)), closed_at__isnull=True, ends_at__gt=now
        )
        return page_of(rows.select_related("activation__incident"), order=("area_code", "id"), cursor=cursor, size=25)


def round_for(*, actor: Actor, uuid: UUID) -> CollectionRound:
    """
    Return a round of the actor's places or around them: a grid worker's building lies in a community's round.

    Raises:
        NotVisible: otherwise.
    """
    with acting(PROCESS):
        found = CollectionRound.objects.select_related("activation__incident").filter(uuid=uuid).first()
    if found is None or not part_of(actor, found):
        raise NotVisible
    return found


def part_of(actor: Actor, found: CollectionRound) -> Areas:
    """Return the actor's own part of a round."""
    return Areas([found.area_code]) & actor.areas_with(policy.RECORD)


def progress_of(*, actor: Actor, rounds: Sequence[CollectionRound], now: datetime) -> list[RoundProgress]:
    """Return how far each round's pass is, in the actor's own part of it; the queries do not grow with the rounds."""
    here = Areas([each.area_code for each in rounds]) & actor.areas_with(policy.RECORD)
    passes = {each.pk: pass_at(each, now) for each in rounds}
    totals: dict[int, Counter[str]] = {each.pk: Counter() for each in rounds}
    by_place: defaultdict[str, list[int]] = defaultdict(list)
    for each in rounds:
        by_place[each.area_code].append(each.pk)
    doors = Household.objects.inside(here).order_by().values_list("building__area_code").annotate(Count("id"))
    for code, count in doors:
        for pk in _rounds_over(code, by_place):
            totals[pk].update(buildings=1, doors=count)
    since = min((current.since for current in passes.values()), default=now)
    knocked = Need.objects.inside(here).filter(channel=IntakeChannel.DOOR_KNOCK, recorded_at__gte=since)
    for code, at in knocked.values_list("area_code", "recorded_at"):
        for pk in _rounds_over(code, by_place):
            totals[pk]["needs"] += at >= passes[pk].since
    reports = RoundReport.objects.inside(here).filter(round__in=list(totals)).order_by()
    grouped = reports.values_list("round_id", "pass_number").annotate(Count("id"), Sum("doors_reached"))
    for pk, number, count, reached in grouped:
        if number == passes[pk].number:
            totals[pk].update(done=count, reached=reached)
    return [
        RoundProgress(
            each, passes[each.pk], buildings=totals[each.pk]["buildings"], buildings_done=totals[each.pk]["done"],
            doors=totals[each.pk]["doors"], doors_reached=totals[each.pk]["reached"], needs=totals[each.pk]["needs"],
        )
        for each in rounds
    ]  # fmt: skip


def buildings_of(*, actor: Actor, found: CollectionRound, current: PassNow) -> list[BuildingState]:
    """Return the buildings of a round that are the actor's, those nobody was at first."""
    here = part_of(actor, found)
    rows = Building.objects.inside(here).select_related("estate").annotate(doors=Count("households"))
    reports = RoundReport.objects.inside(here).filter(round=found, pass_number=current.number)
    said = {report.area_code: report for report in reports.select_related("reported_by")}
    listed = [BuildingState(row, row.doors, said.get(row.area_code)) for row in rows.order_by("area_code")]
    return sorted(listed, key=lambda each: each.report is not None)


def _rounds_over(code: str, by_place: Mapping[str, Sequence[int]]) -> Iterator[int]:
    for above in ancestors(code):
        yield from by_place.get(above, ())
