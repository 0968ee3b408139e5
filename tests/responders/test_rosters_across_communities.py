"""Somebody a call placed in the next community: rostered there, bound once, rested, masked, and home with the hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.kernel.spreadsheets import read_table
from juxing.responders import commands, policy
from juxing.responders.models import (
    Duty,
    RecruitmentAnswer,
    RecruitmentCall,
    RecruitmentNeed,
    ReportBack,
    Responder,
    Roster,
)
from juxing.responders.pages.certificates import shown
from juxing.responders.problems.rosters import plan
from juxing.responders.queries import rosters as queries
from juxing.responders.queries.roster_people import candidates
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.queries.service import service_of
from juxing.responders.roster_inputs import PATTERNS, PostInput, RosterInput
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_areas, make_responder
from tests.responders.roster_makers import DAY, MORNING, NOW, SYSTEM, coordinator

pytestmark = pytest.mark.django_db
HOME = OTHER_STREET_COMMUNITY
OWN = Actor.resident()
here, at_home = coordinator(COMMUNITY), coordinator(HOME)


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    with acting(SYSTEM):
        make_areas()


def _placed(name: str = "欧阳明日") -> Responder:
    """Somebody who lives in the next street and whom a call placed here for these days."""
    person = make_responder(HOME, name=name)
    call = RecruitmentCall.objects.create(
        area_code="990117", code=f"CALL{person.pk}", title="支援", work="门岗", risks="夜里冷", place="门口",
        enquiries="小李", starts_at=NOW, ends_at=MORNING + timedelta(days=9), answer_by=MORNING, status="published",
        written_at=NOW,
    )  # fmt: skip
    need = RecruitmentNeed.objects.create(area_code=COMMUNITY, call=call, position=0, title="门岗", count=1)
    RecruitmentAnswer.objects.create(
        area_code="990117", call=call, responder=person, channel="mobile", answered_at=NOW, need=need, way_m=900,
        placed_at=NOW,
    )  # fmt: skip
    return person


def _roster(actor: Actor, area_code: str, people: list[Responder], *, pattern: str = "day", days: int = 2) -> Roster:
    """Make a draft as the coordinator of the place, in their own scope."""
    with acting(actor):
        roster = commands.make_roster(actor=actor, now=NOW, given=RosterInput(
            area_code=area_code, name="值守", starts_on=DAY, days=days, shifts=PATTERNS[pattern],
            posts=(PostInput("门岗"),),
        ))  # fmt: skip
        commands.set_members(actor=actor, now=NOW, roster=roster, add=[one.pk for one in people])
        return roster


def _planned_and_out(actor: Actor, roster: Roster) -> list[Duty]:
    with acting(actor):
        commands.write_plan(actor=actor, now=NOW, roster=roster, planned=plan(roster_table(roster)))
        commands.publish_roster(actor=actor, now=NOW, roster=roster)
        return list(Duty.objects.filter(roster=roster).order_by("day"))


def test_only_whom_a_signed_call_placed_here_joins_from_elsewhere() -> None:
    with acting(SYSTEM):
        placed, near, stranger = _placed(), make_responder(), make_responder(HOME)
    roster = _roster(here, COMMUNITY, [placed, near, stranger])

    with acting(here):
        assert {row.responder_id for row in roster_table(roster).members} == {placed.pk, near.pk}
    with acting(SYSTEM):
        RecruitmentAnswer.objects.update(need=None, placed_at=None, way_m=None)
    with acting(here):
        other = _roster(here, COMMUNITY, [placed])
        assert roster_table(other).members == []
        assert candidates(actor=here, roster=other) == [near]
    with acting(SYSTEM):
        again = _placed("司徒远")
    with acting(here):
        assert candidates(actor=here, roster=other) == [again, near]
    with acting(SYSTEM):
        RecruitmentCall.objects.update(ends_at=MORNING - timedelta(days=1), answer_by=MORNING - timedelta(days=2))
    with acting(here):
        assert candidates(actor=here, roster=other) == [near], "the call is over before the roster begins"


def test_nobody_is_on_duty_twice_nor_unrested_across_communities() -> None:
    with acting(SYSTEM):
        person = _placed()
    first = _planned_and_out(here, _roster(here, COMMUNITY, [person]))
    assert {duty.responder_id for duty in first} == {person.pk}
    home = _roster(at_home, HOME, [person], pattern="two", days=3)

    with acting(at_home):
        table = roster_table(home)
        day, night = table.shifts
        with pytest.raises(Refusal, match="bound_elsewhere"):
            commands.place_by_hand(actor=at_home, now=NOW, roster=home, person=person.pk, day=DAY,
                                   choice=(day.pk, table.posts[0].pk, "primary"))  # fmt: skip
        planned = {(one.day, one.shift_id) for one in plan(table).placements}
        assert planned <= {(DAY + timedelta(days=2), night.pk)} | {(DAY + timedelta(days=2), day.pk)}
        commands.place_by_hand(actor=at_home, now=NOW, roster=home, person=person.pk, day=DAY,
                               choice=(night.pk, table.posts[0].pk, "primary"))  # fmt: skip
        assert {one.rule for one in roster_table(home).defects()} >= {"two_a_day"}
        with pytest.raises(Refusal, match="roster_breaks_rules"):
            commands.publish_roster(actor=at_home, now=NOW, roster=home)


def test_each_place_sees_its_own_roster_and_the_name_masked() -> None:
    with acting(SYSTEM):
        person, near = _placed(), make_responder(name="何志远")
        account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
    roster = _roster(here, COMMUNITY, [near])
    client = Client(headers={"accept-language": "en"})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    base = f"/rosters/{roster.uuid}/"

    choice = client.get(f"{base}people/").content.decode()
    assert "placed here by a call" in choice
    client.post(f"{base}people/", {"add": [person.pk]})
    _planned_and_out(here, roster)
    for path in ("", "people/", f"cell/{person.pk}/{DAY.isoformat()}/", "sheet/"):
        page = client.get(f"{base}{path}").content.decode()
        assert "欧阳明日" not in page, path
        assert person.phone not in page, path
        assert path.startswith("cell") or "何志远" in page
    out = client.post(f"{base}table/", {"area": COMMUNITY, "purpose": "running", "file_format": "xlsx"})
    names = {line.cells["Person"] for line in read_table(out.content, filename="roster.xlsx")}
    assert "何志远" in names
    assert "欧阳明日" not in names
    with acting(here):
        commands.reopen_roster(actor=here, now=NOW, roster=roster)
    back = client.post(f"{base}import/", {"file": SimpleUploadedFile("roster.xlsx", out.content)}).content.decode()
    assert "<strong>0</strong> left out" in back, "the masked name finds its one person again"
    with acting(at_home), pytest.raises(NotVisible):
        queries.roster_of(actor=at_home, uuid=roster.uuid)


def test_served_here_is_reported_home_and_certified_there() -> None:
    with acting(SYSTEM):
        person, near = _placed(), make_responder()
    roster = _roster(here, COMMUNITY, [person, near], days=1)
    [duty] = _planned_and_out(here, roster)
    with acting(SYSTEM):
        Duty.objects.filter(pk=duty.pk).update(responder=person)
        Duty.objects.create(
            area_code=COMMUNITY, roster=roster, responder=near, day=duty.day, shift=duty.shift, post=duty.post,
            slot="alternate", starts_at=duty.starts_at, ends_at=duty.ends_at, source="by_hand",
        )  # fmt: skip
    with acting(here):
        found = queries.duty_of(actor=here, uuid=duty.uuid)
        commands.mark_here(actor=here, now=MORNING, duty=found)
        assert {one.duty.responder_id for one in queries.board(actor=here, now=MORNING)} == {person.pk, near.pk}
        commands.check_out(
            actor=here, now=MORNING + timedelta(hours=4), duty=queries.duty_of(actor=here, uuid=duty.uuid)
        )
        commands.close_roster(actor=here, now=MORNING + timedelta(hours=12), roster=roster)

    with acting(at_home):
        assert service_of(person).minutes == 240
        [row] = shown(service_of(person), corrects=at_home.areas_with(policy.ROSTER))["records"]
        assert row["may_correct"] is False, "hours served elsewhere are corrected there"
        assert ReportBack.objects.get().responder_id == person.pk
        made, _code = commands.issue_certificate(
            actor=at_home, now=MORNING + timedelta(days=1), responder=person, served_from=DAY,
            served_until=DAY + timedelta(days=1), issuer="桂苑社区",
        )  # fmt: skip
        assert made.minutes == 240
    with acting(here), pytest.raises(Refusal):
        commands.issue_certificate(actor=OWN, now=NOW, responder=near, served_from=DAY, served_until=DAY, issuer="")


def test_alternate_from_elsewhere_steps_in_when_the_desk_excuses_somebody() -> None:
    with acting(SYSTEM):
        person, near = _placed(), make_responder()
    roster = _roster(here, COMMUNITY, [person, near], days=1)
    with acting(here):
        table = roster_table(roster)
        for who, slot in ((near, "primary"), (person, "alternate")):
            commands.place_by_hand(actor=here, now=NOW, roster=roster, person=who.pk, day=DAY,
                                   choice=(table.shifts[0].pk, table.posts[0].pk, slot))  # fmt: skip
        commands.publish_roster(actor=here, now=NOW, roster=roster)
        held = Duty.objects.get(responder_id=near.pk)
        commands.excuse(actor=here, now=NOW, duty=queries.duty_of(actor=here, uuid=held.uuid), kind="ill")
        stepped = Duty.objects.get(responder_id=person.pk)

    assert (stepped.slot, stepped.stands_in_for_id) == ("primary", held.pk)
