"""Collection rounds opened by a response, the short form, and intake paused for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.activations import commands as activations
from juxing.activations import execution
from juxing.activations.models import Activation
from juxing.kernel.actors import Actor
from juxing.kernel.conversion import ConversionOrder, Edits, steps
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.needs.commands import (
    IntakePaused,
    pause_intake,
    record_need,
    report_building,
    resume_intake,
)
from juxing.needs.enums import IntakeChannel
from juxing.needs.models import CollectionRound, IntakePause, Need, RoundReport
from juxing.needs.pages.asking import RESIDENT
from juxing.needs.queries import collecting
from juxing.places.models import Building
from tests.activations.makers import OTHER_STREET, make_district, make_person, newest, start
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET, make_areas, make_household
from tests.needs.makers import need_input

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture
def running(now: datetime, everywhere: None) -> Activation:
    place = make_district(now, responders=2)
    found = start(place, now)
    execution.carry_out(newest(found).uuid, clock=lambda: now)
    return found


def order_for(activation: Activation, now: datetime, **values: object) -> ConversionOrder:
    base = ConversionOrder(
        activation_uuid=activation.uuid, activation_id=activation.pk, street=STREET, area_codes=(STREET,),
        level="level_3", ends_at=activation.ends_at, now=now, actor=SYSTEM,
        wanted=activation.plan_version.content,
    )  # fmt: skip
    return replace(base, **values)  # type: ignore[arg-type]


def actor_as(role: str, area: str, now: datetime) -> Actor:
    from juxing.access.queries import actor_of

    with acting(SYSTEM):
        make_areas()
        return actor_of(make_person(role, area, f"{role}-{area}"), now=now)


def test_conversion_opens_a_round_in_each_community_and_shortens_its_forms(running: Activation, now: datetime) -> None:
    rounds = list(CollectionRound.objects.order_by("area_code"))

    assert [each.area_code for each in rounds] == [COMMUNITY, OTHER_COMMUNITY]
    assert {each.ends_at for each in rounds} == {running.ends_at}
    assert collecting.is_form_short(f"{COMMUNITY}-E001", now=now)
    assert not collecting.is_form_short(f"{OTHER_STREET}001-E001", now=now)
    assert not collecting.is_form_short(f"{COMMUNITY}-E001", now=running.ends_at), "over by the clock alone"


def test_preview_says_what_conversion_does(running: Activation, now: datetime) -> None:
    step = steps["needs.rounds"]

    shown = step.preview(order_for(running, now))

    assert [(change.kind, change.area_code, change.count) for change in shown.changes] == [
        ("round", COMMUNITY, 1), ("round", OTHER_COMMUNITY, 1), ("short_form", STREET, 2),
    ]  # fmt: skip
    assert all(str(step.describe(change.kind, change.facts)) for change in shown.changes)


def test_converting_again_moves_the_end_and_struck_out_rounds_are_closed(running: Activation, now: datetime) -> None:
    later = running.ends_at + timedelta(days=2)
    edits = Edits(left_out=frozenset({f"doors:{OTHER_COMMUNITY}", f"short_form:{STREET}"}))

    again = steps["needs.rounds"].convert(order_for(running, now, ends_at=later, edits=edits))

    assert again == {"opened": 0, "closed": 1}
    [left] = CollectionRound.objects.filter(closed_at=None)
    assert (left.area_code, left.ends_at, left.has_short_form) == (COMMUNITY, later, False)


def test_half_a_street_gets_rounds_only_in_its_half(running: Activation, now: datetime) -> None:
    CollectionRound.objects.all().delete()

    counts = steps["needs.rounds"].convert(order_for(running, now, area_codes=(f"{COMMUNITY}-E001",)))

    assert counts["opened"] == 1
    assert CollectionRound.objects.get().area_code == f"{COMMUNITY}-E001"


def test_stand_down_closes_rounds_and_names_open_needs_first(running: Activation, now: datetime) -> None:
    make = Need.objects.count()
    record_need(actor=SYSTEM, now=now + timedelta(hours=1), given=need_input())
    step = steps["needs.rounds"]

    assert [(item.kind, item.count) for item in step.open_items(order_for(running, now))] == [("open_needs", 1)]
    counts = step.revert(order_for(running, now + timedelta(days=1)))

    assert counts == {"closed": 2}
    assert not CollectionRound.objects.filter(closed_at=None).exists()
    assert Need.objects.count() == make + 1
    assert step.revert(order_for(running, now + timedelta(days=1))) == {"closed": 0}


def test_whole_response_ends_with_no_round_open(now: datetime, everywhere: None) -> None:
    place = make_district(now, responders=2)
    found = start(place, now)
    execution.carry_out(newest(found).uuid, clock=lambda: now)
    later = now + timedelta(hours=3)
    activations.stand_down(actor=place.actor(place.commander, later), now=later, activation=found, reason="over")

    execution.carry_out(newest(found).uuid, clock=lambda: later)

    assert not CollectionRound.objects.filter(closed_at=None).exists()


@given(hours=st.integers(1, 336), after=st.integers(0, 60 * 24 * 60))
def test_passes_follow_each_other_without_gap_until_the_end(hours: int, after: int) -> None:
    opened = datetime.fromisoformat("2026-03-10T00:00:00+00:00")
    one = CollectionRound(every_hours=hours, opened_at=opened, ends_at=opened + timedelta(days=30))
    moment = opened + timedelta(minutes=after)

    current = collecting.pass_at(one, moment)

    assert current.number >= 1
    assert current.since <= min(moment, one.ends_at)
    assert current.until <= one.ends_at
    if moment < one.ends_at:
        assert current.since <= moment < current.until


def test_building_is_reported_once_a_pass_and_counted(running: Activation, now: datetime) -> None:
    home = make_household()
    building = home.building
    found = CollectionRound.objects.get(area_code=COMMUNITY)
    later = now + timedelta(minutes=30)

    report_building(actor=SYSTEM, now=now, found=found, building=building, doors_reached=0, unanswered="101")
    report_building(actor=SYSTEM, now=later, found=found, building=building, doors_reached=1)
    record_need(actor=SYSTEM, now=later, given=need_input(home, channel=IntakeChannel.DOOR_KNOCK))
    [progress] = collecting.progress_of(actor=SYSTEM, rounds=[found], now=later)

    assert RoundReport.objects.get().unanswered == ""
    assert (progress.buildings_done, progress.buildings) == (1, 1)
    assert (progress.doors_reached, progress.doors, progress.needs) == (1, 1, 1)
    tomorrow = now + timedelta(hours=25)
    [again] = collecting.progress_of(actor=SYSTEM, rounds=[found], now=tomorrow)
    assert (again.current.number, again.buildings_done, again.needs) == (2, 0, 0)


def test_report_refuses_more_doors_than_there_are_other_places_and_rounds_that_are_over(
    running: Activation, now: datetime
) -> None:
    building = make_household().building
    found, other = CollectionRound.objects.order_by("area_code")

    with pytest.raises(InvalidInput):
        report_building(actor=SYSTEM, now=now, found=found, building=building, doors_reached=2)
    with pytest.raises(NotVisible):
        report_building(actor=SYSTEM, now=now, found=other, building=building, doors_reached=1)
    with pytest.raises(Refusal):
        report_building(actor=SYSTEM, now=found.ends_at, found=found, building=building, doors_reached=1)
    stranger = actor_as(Role.GRID_WORKER, f"{OTHER_COMMUNITY}-E001-G01", now)
    with pytest.raises(NotPermitted):
        report_building(actor=stranger, now=now, found=found, building=building, doors_reached=1)


def test_grid_worker_sees_the_community_round_in_the_own_part(running: Activation, now: datetime) -> None:
    home = make_household()
    with acting(SYSTEM):
        worker = actor_as(Role.BUILDING_HEAD, home.building.area_code, now)
    with acting(worker):
        page = collecting.rounds_page(actor=worker, now=now)
        [progress] = collecting.progress_of(actor=worker, rounds=page.rows, now=now)
        listed = collecting.buildings_of(actor=worker, found=page.rows[0], current=progress.current)

    assert [row.area_code for row in page.rows] == [COMMUNITY]
    assert [each.building.area_code for each in listed] == [home.building.area_code]


def test_queries_of_the_list_do_not_grow_with_rounds(running: Activation, now: datetime) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    both = list(CollectionRound.objects.order_by("area_code"))
    counts = []
    for rounds in (both[:1], both):
        with CaptureQueriesContext(connection) as queries:
            collecting.progress_of(actor=SYSTEM, rounds=rounds, now=now)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_paused_street_sends_residents_elsewhere_but_takes_what_life_depends_on(now: datetime) -> None:
    with acting(SYSTEM):
        make_areas()
        pause_intake(
            actor=actor_as(Role.STREET_OPERATOR, STREET, now), now=now, area_code=STREET, reason="暴雨，配送暂停",
            instead="请拨打社区热线", ends_at=now + timedelta(hours=6),
        )  # fmt: skip
        with pytest.raises(IntakePaused) as refused:
            record_need(actor=RESIDENT, now=now, given=need_input())
        assert "请拨打社区热线" in str(refused.value.message)
        assert "暴雨，配送暂停" in str(refused.value.message)

        critical = record_need(actor=RESIDENT, now=now, given=need_input(is_danger_to_life=True)).need
        by_staff = record_need(actor=SYSTEM, now=now, given=need_input(need_type="water")).need
        later = record_need(actor=RESIDENT, now=now + timedelta(hours=6), given=need_input(need_type="meals")).need

    assert critical.priority == "life_critical"
    assert {by_staff.status, later.status} == {"triaged"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": " "}, "reason"), ({"instead": ""}, "instead"), ({"hours": 73}, "ends_at"), ({"hours": 0}, "ends_at")],
)
def test_pause_needs_reason_way_out_and_an_end_within_three_days(
    now: datetime, everywhere: None, changes: dict[str, object], field: str
) -> None:
    operator = actor_as(Role.STREET_OPERATOR, STREET, now)
    said = {"reason": "storm", "instead": "call", "hours": 6, **changes}

    with pytest.raises(InvalidInput) as refused:
        pause_intake(
            actor=operator, now=now, area_code=STREET, reason=str(said["reason"]), instead=str(said["instead"]),
            ends_at=now + timedelta(hours=int(str(said["hours"]))),
        )  # fmt: skip

    assert refused.value.field == field
    assert not IntakePause.objects.exists()


def test_only_command_pauses_and_resumes_and_the_journal_keeps_both(now: datetime, everywhere: None) -> None:
    worker = actor_as(Role.COMMUNITY_WORKER, COMMUNITY, now)
    operator = actor_as(Role.STREET_OPERATOR, STREET, now)
    said = {"area_code": COMMUNITY, "reason": "storm", "instead": "call", "ends_at": now + timedelta(hours=6)}
    with pytest.raises(NotPermitted):
        pause_intake(actor=worker, now=now, **said)  # type: ignore[arg-type]
    pause = pause_intake(actor=operator, now=now, **said)  # type: ignore[arg-type]
    with pytest.raises(Refusal):
        pause_intake(actor=operator, now=now, **said)  # type: ignore[arg-type]
    with pytest.raises(NotPermitted):
        resume_intake(actor=worker, now=now, pause=pause)

    resume_intake(actor=operator, now=now + timedelta(hours=1), pause=pause)

    assert collecting.pause_at(f"{COMMUNITY}-E001", now=now + timedelta(hours=1)) is None
    assert JournalEntry.objects.filter(action__startswith="needs.intake.").count() == 2


def test_pages_of_rounds_and_pauses(running: Activation, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("juxing.kernel.clock.now", lambda: now + timedelta(minutes=5))
    home = make_household()
    operator = make_person(Role.STREET_OPERATOR, STREET, "pages-operator")
    client = Client()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    found = CollectionRound.objects.get(area_code=COMMUNITY)

    assert client.get("/needs/rounds/").status_code == 200
    address = f"/needs/rounds/{found.uuid}/"
    assert home.building.label in client.get(address).content.decode()
    sent = {"building": home.building.area_code, "doors_reached": "1", "unanswered": ""}
    assert client.post(address, sent).status_code == 303
    assert client.post(address, {**sent, "doors_reached": "9"}).status_code == 422
    assert client.post(address, {**sent, "building": f"{OTHER_COMMUNITY}-E001"}).status_code == 404
    ends = (now + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")
    paused = {"area_code": COMMUNITY, "reason": "暴雨", "instead": "打热线", "ends_at": ends}
    assert client.post("/needs/pauses/", paused).status_code == 303
    pause = IntakePause.objects.get()
    assert "打热线" in client.get("/needs/pauses/").content.decode()
    assert client.post(f"/needs/pauses/{pause.uuid}/resume/").status_code == 303
    assert Building.objects.filter(pk=home.building_id).exists()


def test_worker_reads_pauses_but_does_not_pause(now: datetime, everywhere: None) -> None:
    make_areas()
    worker = make_person(Role.COMMUNITY_WORKER, COMMUNITY, "reader")
    client = Client()
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/needs/pauses/").status_code == 200
    assert client.post("/needs/pauses/", {"area_code": COMMUNITY}).status_code == 404
