"""Reporting in, being verified, saying when and what, leaving."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.responders import commands
from juxing.responders.enums import ReportInScope, ReportInStatus, Skill
from juxing.responders.inputs import Profile
from juxing.responders.models import Availability, ReportIn, Responder
from tests.dispatch.makers import actor_behind, make_helper
from tests.factories import (
    COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_responder,
)
from tests.responders.makers import actor_with, an_input

SYSTEM = Actor.system("test")
HOUR = timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture(autouse=True)
def _areas(everywhere: None) -> None:
    make_areas()


def _unit(community: str = COMMUNITY) -> Organisation:
    return Organisation.objects.create(
        area_code=community, name="云间区图书馆", organisation_type=OrganisationType.RESIDENT_UNIT
    )


def test_report_in_to_both_is_two_report_ins_of_one_person(now: datetime) -> None:
    unit = _unit()

    responder = commands.register_responder(actor=SYSTEM, now=now, given=an_input(home_unit_id=unit.pk))

    scopes = ReportIn.objects.filter(responder=responder).values_list("scope", "organisation")
    assert set(scopes) == {(ReportInScope.RESIDENCE, None), (ReportInScope.HOME_UNIT, unit.pk)}
    assert (responder.status, responder.phone) == (ReportInStatus.SUBMITTED, "12800003333")
    assert JournalEntry.objects.get().action == "responders.responder.register"


def test_same_phone_reports_in_once_even_from_another_street(now: datetime) -> None:
    commands.register_responder(actor=SYSTEM, now=now, given=an_input(area_code=OTHER_STREET_COMMUNITY))
    operator = actor_with(Role.STREET_OPERATOR, STREET, account_id=None)

    with acting(operator), pytest.raises(Refusal, match="phone_known"):
        commands.register_responder(actor=operator, now=now, given=an_input(phone="+86 128 0000 3333"))

    assert Responder.objects.count() == 1


def test_second_report_in_to_the_unit_is_new_once(now: datetime) -> None:
    responder, unit = make_responder(), _unit()
    values: dict[str, Any] = {"responder": responder, "scope": ReportInScope.HOME_UNIT, "organisation": unit}

    assert commands.report_in(actor=SYSTEM, now=now, **values)
    assert not commands.report_in(actor=SYSTEM, now=now, **values)
    responder.refresh_from_db()
    assert responder.home_unit == unit


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"), ({"name": "名" * 61}, "name"), ({"phone": "abc"}, "phone"), ({"phone": "1"}, "phone"),
        ({"kind": "hero"}, "kind"), ({"area_code": "99"}, "area_code"), ({"area_code": "990117001999"}, "area_code"),
        ({"skills": ["flying"]}, "skills"), ({"capacity": 0}, "capacity"), ({"capacity": 10**9}, "capacity"),
        ({"reach_m": -5}, "reach_m"), ({"transport": "<b>"}, "transport"),
        ({"longitude": float("nan"), "latitude": 31.0}, "longitude"),
    ],
)  # fmt: skip
def test_input_that_cannot_be_taken_names_its_field(values: dict[str, Any], field: str, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        commands.register_responder(actor=SYSTEM, now=now, given=an_input(**values))

    assert refused.value.field == field
    assert not Responder.objects.exists()


def test_only_desks_record_others(now: datetime) -> None:
    for actor in (actor_with(Role.RESPONDER), actor_with(Role.STREET_OPERATOR, OTHER_STREET_COMMUNITY)):
        with pytest.raises(NotPermitted):
            commands.register_responder(actor=actor, now=now, given=an_input())


def test_person_with_an_account_reports_in_once(now: datetime) -> None:
    helper = make_helper()
    actor = actor_behind(helper, now=now)

    with pytest.raises(Refusal, match="already_reported_in"):
        commands.report_in_oneself(actor=actor, now=now, given=an_input())
    with pytest.raises(NotPermitted):
        commands.report_in_oneself(actor=Actor.resident(), now=now, given=an_input())


def test_many_are_verified_in_as_many_queries_as_few(now: datetime, django_assert_max_num_queries: Any) -> None:
    waiting = [make_responder(status=ReportInStatus.SUBMITTED) for _number in range(30)]
    elsewhere = make_responder(OTHER_STREET_COMMUNITY, status=ReportInStatus.SUBMITTED)
    operator = actor_with(Role.STREET_OPERATOR, STREET, account_id=None)

    with django_assert_max_num_queries(8):
        count = commands.verify_many(actor=operator, now=now, uuids=[row.uuid for row in [*waiting, elsewhere]])

    assert count == 30
    elsewhere.refresh_from_db()
    assert elsewhere.status == ReportInStatus.SUBMITTED
    assert JournalEntry.objects.filter(action="responders.responder.verify").count() == 30


def test_times_that_touch_become_one(now: datetime) -> None:
    responder = make_responder()
    for start, end in ((1, 3), (5, 7), (3, 5)):
        commands.add_period(
            actor=SYSTEM, now=now, responder=responder, starts_at=now + start * HOUR, ends_at=now + end * HOUR
        )

    period = Availability.objects.get()
    assert (period.starts_at, period.ends_at) == (now + HOUR, now + 7 * HOUR)
    commands.remove_period(actor=SYSTEM, now=now, responder=responder, period_id=period.pk)
    commands.remove_period(actor=SYSTEM, now=now, responder=responder, period_id=period.pk)
    assert not Availability.objects.exists()


@pytest.mark.parametrize(("start", "end"), [(3, 3), (5, 2), (-9, -1), (0, 24 * 15), (24 * 61, 24 * 61 + 1)])
def test_times_that_make_no_sense_are_refused(start: int, end: int, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        commands.add_period(
            actor=SYSTEM, now=now, responder=make_responder(), starts_at=now + start * HOUR, ends_at=now + end * HOUR
        )


def test_period_of_another_person_is_not_removed(now: datetime) -> None:
    mine, other = make_helper(), make_responder()
    period = commands.add_period(actor=SYSTEM, now=now, responder=other, starts_at=now + HOUR, ends_at=now + 2 * HOUR)

    commands.remove_period(actor=actor_behind(mine, now=now), now=now, responder=mine, period_id=period.pk)

    assert Availability.objects.filter(pk=period.pk).exists()


def test_licence_one_claims_oneself_is_looked_at_first_and_one_a_desk_saw_is_not(now: datetime) -> None:
    helper = make_helper()
    own = actor_behind(helper, now=now)

    carries = commands.change_profile(actor=own, now=now, responder=helper, profile=Profile(skills=[Skill.HEAVY_LOADS]))
    assert carries.status == ReportInStatus.VERIFIED
    nurse = commands.change_profile(actor=own, now=now, responder=helper, profile=Profile(skills=[Skill.MEDICAL]))
    assert nurse.status == ReportInStatus.SUBMITTED

    other = make_responder()
    seen = commands.change_profile(actor=SYSTEM, now=now, responder=other, profile=Profile(skills=[Skill.MEDICAL]))
    assert seen.status == ReportInStatus.VERIFIED


def test_leaving_removes_who_someone_is_and_keeps_what_happened(now: datetime) -> None:
    helper = make_helper(skills=[Skill.MEDICAL])
    commands.add_period(actor=SYSTEM, now=now, responder=helper, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    entries = JournalEntry.objects.count()

    gone = commands.withdraw_responder(actor=actor_behind(helper, now=now), now=now, responder=helper)

    kept = Responder.objects.get(pk=gone.pk)
    assert (kept.name, kept.phone, kept.phone_index, kept.account_id, kept.skills) == ("", "", "", None, [])
    assert not kept.availabilities.exists()
    assert JournalEntry.objects.count() == entries + 1
    with pytest.raises(WrongState):
        commands.set_available(actor=SYSTEM, now=now, responder=kept, is_available=True)
    commands.register_responder(actor=SYSTEM, now=now, given=an_input(phone=helper.phone))


def test_switching_twice_writes_once(now: datetime) -> None:
    helper = make_helper()
    actor = actor_behind(helper, now=now)

    for _time in range(2):
        commands.set_available(actor=actor, now=now, responder=helper, is_available=False)

    assert JournalEntry.objects.filter(action="responders.responder.set_available").count() == 1
    with pytest.raises(NotPermitted):
        commands.set_available(actor=actor_with(Role.RESPONDER), now=now, responder=helper, is_available=True)
