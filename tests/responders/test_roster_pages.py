"""Pages of rosters, the board, the code, paper, calendar and tables, as the roles meet them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.jobs import JobHandle
from juxing.kernel.models import Job
from juxing.kernel.scope import acting
from juxing.responders import commands
from juxing.responders.check_in_codes import screen_code
from juxing.responders.jobs import plan_roster
from juxing.responders.models import Duty, Roster
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_enums import AttendanceStatus, RosterStatus
from juxing.responders.roster_inputs import PostInput
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_areas
from tests.responders.roster_makers import DAY, MORNING, NOW, SYSTEM, a_roster, coordinator, hand_over, published

pytestmark = pytest.mark.django_db
NEW = {
    "name": "北门值守", "area_code": COMMUNITY, "roster_for": "group", "place": "北门", "starts_on": "2026-11-23",
    "days": "2", "shifts": "day", "least_rest_hours": "11", "most_days_in_row": "5", "post_0": "门岗", "count_0": "1",
    "alternates_0": "1",
}  # fmt: skip

SYSTEM_COORDINATOR = coordinator()
SetTime = Callable[[datetime], None]


def _as(role: str, area_code: str = STREET) -> Client:
    client = Client(headers={"accept-language": "en"})
    account = make_plain_account(role, area_code)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> SetTime:
    """Return a setter of the pages' time."""

    def set_to(when: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: when)

    set_to(NOW)
    return set_to


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    with acting(SYSTEM):
        make_areas()


def test_a_roster_is_made_peopled_planned_and_published_by_its_pages(at: SetTime) -> None:
    client = _as(Role.COMMUNITY_WORKER, COMMUNITY)
    with acting(SYSTEM):
        people = [member.responder_id for member in a_roster(people=3, name="x").members]

    made = client.post("/rosters/new/", NEW)
    with acting(SYSTEM):
        roster = Roster.objects.get(name="北门值守")
    base = f"/rosters/{roster.uuid}/"
    assert (made.status_code, made["Location"]) == (303, f"{base}people/")
    assert client.post(f"{base}people/", {"add": people}).status_code == 303
    assert client.post(f"{base}plan/").status_code == 303
    assert client.get(f"{base}plan/progress/").status_code == 200
    with acting(SYSTEM):
        roster.refresh_from_db()
        job = Job.objects.get(uuid=str(roster.job_uuid))
    assert plan_roster.run(JobHandle(job))["is_optimal"]
    page = client.get(base).content.decode()
    assert "No better roster exists" in page
    assert "1/1" in page
    assert client.post(f"{base}step/publish/", {"notice": "请带水杯"}).status_code == 303
    with acting(SYSTEM):
        roster.refresh_from_db()
    assert (roster.status, roster.notice) == (RosterStatus.PUBLISHED, "请带水杯")
    for path in ("", "people/", "needed/", "now/", "code/", "code/sheet/", "sheet/", "table/"):
        assert client.get(base + path).status_code == 200, path


def test_other_places_rosters_do_not_exist(at: SetTime) -> None:
    with acting(SYSTEM):
        duty = published(a_roster(people=1))[0]
    base = f"/rosters/{duty.roster.uuid}/"
    client = _as(Role.COMMUNITY_WORKER, OTHER_STREET_COMMUNITY)

    for path in (base, f"{base}people/", f"{base}now/", f"{base}code/", f"{base}sheet/", f"{base}table/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/shifts/{duty.uuid}/here/").status_code == 404
    assert _as(Role.STOREKEEPER).get(base).status_code == 403


def test_a_cell_is_changed_by_hand_and_double_booking_is_refused_there(at: SetTime) -> None:
    with acting(SYSTEM):
        table = a_roster(people=1)
        person = table.members[0].responder
        other = a_roster(people=0, name="南门")
        commands.set_members(actor=SYSTEM_COORDINATOR, now=NOW, roster=other.roster, add=[person.pk])
        hand_over(roster_table(other.roster), person)
    client = _as(Role.COMMUNITY_WORKER, COMMUNITY)
    cell = f"/rosters/{table.roster.uuid}/cell/{person.pk}/"
    choice = {"choice": f"{table.shifts[0].pk}:{table.posts[0].pk}:primary"}

    refused = client.post(f"{cell}{DAY.isoformat()}/", choice)
    taken = client.post(f"{cell}{(DAY + timedelta(days=1)).isoformat()}/", choice)

    assert (refused.status_code, taken.status_code) == (422, 303)
    assert "another shift at that time" in refused.content.decode()
    assert client.get(f"{cell}2027-01-01/").status_code == 404
    assert client.get(f"{cell}x/").status_code == 404


def test_a_table_goes_out_and_in_and_overlaps_are_named_line_by_line(at: SetTime) -> None:
    with acting(SYSTEM):
        table = a_roster(people=2)
        hand_over(table, table.members[0].responder)
    client, base = _as(Role.COMMUNITY_WORKER, COMMUNITY), f"/rosters/{table.roster.uuid}/"
    name = table.members[1].responder.name
    lines = [
        "Person,Date,Shift,Post of the roster,A or B",
        f"{name},2026-11-23,08:00-20:00,门岗,A",
        f"{name},2026-11-23,08:00-20:00,门岗,B",
        "没有此人,2026-11-23,08:00-20:00,门岗,A",
        f"{name},yesterday,08:00-20:00,门岗,A",
        f"{name},2026-12-30,08:00-20:00,门岗,A",
        f"{name},2026-11-24,99:00,门岗,A",
        f"{name},2026-11-24,08:00-20:00,厨房,A",
    ]

    sent = "\n".join(lines).encode()
    first, second = (
        client.post(f"{base}import/", {"file": SimpleUploadedFile("shifts.csv", sent)}).content.decode()
        for _time in range(2)
    )
    out = client.post(f"{base}table/", {"area": "", "purpose": "running", "file_format": "xlsx"}).content

    with acting(SYSTEM):
        assert Duty.objects.filter(roster=table.roster).count() == 2
    assert "overlaps with line 2" in first
    assert "<strong>6</strong> left out" in first
    assert "<strong>1</strong> unchanged" in second
    again = client.post(f"{base}import/", {"file": SimpleUploadedFile("roster.xlsx", out)}).content.decode()
    assert "<strong>2</strong> unchanged" in again
    assert io.BytesIO(out).read(2) == b"PK"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"a,b\n1,2\n", "🙂".encode()])
def test_what_is_no_roster_table_is_refused(at: SetTime, content: bytes) -> None:
    with acting(SYSTEM):
        table = a_roster(people=1)
    client = _as(Role.COMMUNITY_WORKER, COMMUNITY)

    answer = client.post(f"/rosters/{table.roster.uuid}/import/", {"file": SimpleUploadedFile("x.csv", content)})

    with acting(SYSTEM):
        assert not Duty.objects.exists()
    assert answer.status_code in {200, 422}


def test_the_board_shows_who_is_late_and_who_stands_in(at: SetTime) -> None:
    with acting(SYSTEM):
        rows = published(a_roster(people=2, days=1, posts=(PostInput("门岗", count=1, alternates=1),)))
        at(MORNING + timedelta(minutes=16))
        commands.look_at_the_clock(now=MORNING + timedelta(minutes=16))
    client = _as(Role.COMMUNITY_WORKER, COMMUNITY)

    page = client.get(f"/rosters/{rows[0].roster.uuid}/now/").content.decode()

    assert "an alternate has stepped in" in page
    assert "stands in for" in page
    assert client.get("/rosters/now/").status_code == 200


def test_the_calendar_masks_names_and_an_old_link_ends(at: SetTime) -> None:
    with acting(SYSTEM):
        duty = published(a_roster(people=1, days=1))[0]
    client = _as(Role.COMMUNITY_WORKER, COMMUNITY)

    tokens = []
    for _time in range(2):
        page = client.post(f"/rosters/{duty.roster.uuid}/feed/").content.decode()
        tokens.append(page.split("/calendars/rosters/")[1].split(".ics")[0])

    visitor = Client()
    assert visitor.get(f"/calendars/rosters/{tokens[0]}.ics").status_code == 404
    text = visitor.get(f"/calendars/rosters/{tokens[1]}.ics").content.decode()
    assert "DTSTART:20261123T000000Z" in text
    assert duty.responder.name not in text


def test_ones_own_shifts_are_seen_checked_in_and_given_away_by_link(at: SetTime) -> None:
    with acting(SYSTEM):
        table = a_roster(people=2, days=1)
        hand_over(table, table.members[0].responder)
        roster = commands.publish_roster(actor=SYSTEM_COORDINATOR, now=NOW, roster=table.roster)
        giver, taker = (commands.give_link(now=NOW, responder=member.responder) for member in table.members)
        duty = Duty.objects.get()
    visitor = Client(headers={"accept-language": "en"})

    assert "08:00" in visitor.get(f"/s/{giver}/shifts/").content.decode()
    assert visitor.post(f"/s/{taker}/shifts/{duty.uuid}/offer/").status_code == 404
    assert visitor.post(f"/s/{giver}/shifts/{duty.uuid}/offer/").status_code == 303
    assert "Others would give away" in visitor.get(f"/s/{taker}/shifts/").content.decode()
    at(MORNING)
    code = screen_code(roster.uuid, now=MORNING)
    visitor.post(f"/s/{giver}/shifts/{duty.uuid}/here/", {"code": "WRONG234"})
    with acting(SYSTEM):
        assert Duty.objects.get().status == AttendanceStatus.SCHEDULED
    visitor.post(f"/s/{giver}/shifts/{duty.uuid}/here/", {"code": code})
    with acting(SYSTEM):
        assert Duty.objects.get().status == AttendanceStatus.CHECKED_IN
    assert b"BEGIN:VEVENT" in visitor.get(f"/s/{giver}/shifts/calendar.ics").content


def test_wishes_and_open_shifts_are_said_by_link(at: SetTime) -> None:
    with acting(SYSTEM):
        table = a_roster(people=1)
        token = commands.give_link(now=NOW, responder=table.members[0].responder)
    visitor, base = Client(headers={"accept-language": "en"}), f"/rosters/{table.roster.uuid}/"

    wished = visitor.post(f"/s/{token}{base}wish/", {"day": DAY.isoformat(), "kind": "cannot"})
    nonsense = visitor.post(f"/s/{token}{base}wish/", {"day": "never", "kind": "cannot"})

    assert (wished.status_code, nonsense.status_code) == (303, 404)
    with acting(SYSTEM):
        assert not roster_table(table.roster).can_come(table.members[0].responder_id, DAY, table.shifts[0])
        hand_over(table, table.members[0].responder, day=1)
        commands.publish_roster(actor=SYSTEM_COORDINATOR, now=NOW, roster=table.roster)
    cell = f"{DAY.isoformat()}:{table.shifts[0].pk}:{table.posts[0].pk}"
    assert "Open shifts" in visitor.get(f"/s/{token}/shifts/").content.decode()
    visitor.post(f"/s/{token}{base}sign-up/", {"cell": cell})
    with acting(SYSTEM):
        assert Duty.objects.filter(source="sign_up").count() == 1  # their own word undoes their wish


def test_the_picture_at_the_venue_asks_for_the_phone_first(at: SetTime) -> None:
    with acting(SYSTEM):
        duty = published(a_roster(people=1, days=1))[0]
    visitor = Client()

    answer = visitor.get(f"/check-in/{duty.roster.uuid}/ABCDEFGH/")

    assert (answer.status_code, answer["Location"]) == (302, "/check-in/phone/")
    assert visitor.get("/check-in/phone/").status_code == 200
