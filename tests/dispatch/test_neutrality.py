"""What matching may look at: where, what, how urgent. Never who someone is or what they did before."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.dispatch.commands import run_matching
from juxing.dispatch.enums import TaskStatus
from juxing.dispatch.models import Match, StockReservation, Task
from juxing.dispatch.problems import AvailableResponder, WaitingNeed, available_responders, waiting_needs
from juxing.kernel.actors import Actor
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Need
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation
from juxing.responders.enums import ResponderKind
from juxing.responders.models import Responder
from tests.dispatch.makers import make_task
from tests.factories import COMMUNITY, STREET, make_household, make_need, make_resident, make_responder

SYSTEM = Actor.system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
OF_NEEDS = {
    "id", "uuid", "area_code", "priority", "priority_score", "longitude", "latitude", "required_skills", "languages",
    "need_type",
}  # fmt: skip
OF_RESPONDERS = {
    "id", "area_code", "longitude", "latitude", "skills", "languages", "reach_m", "free_capacity", "lacks",
}  # fmt: skip


def test_problem_is_made_of_these_columns_and_no_others() -> None:
    assert {field.name for field in fields(WaitingNeed)} == OF_NEEDS
    assert {field.name for field in fields(AvailableResponder)} == OF_RESPONDERS


def test_no_query_of_a_run_reads_who_someone_is(now: datetime) -> None:
    make_need(household=make_household(), resident=make_resident())
    make_responder()

    with CaptureQueriesContext(connection) as captured:
        waiting_needs(STREET, limit=10)
        available_responders(STREET, now=now)

    read = " ".join(query["sql"].partition(" WHERE ")[0] for query in captured if query["sql"].startswith("SELECT"))
    never = (
        'responder"."kind',
        "home_unit",
        '"name"',
        "account",
        "household",
        "resident",
        "birth",
        "contact",
        "details",
    )
    for column in never:
        assert column not in read


def test_offers_are_the_same_when_kind_and_home_unit_are_exchanged(now: datetime) -> None:
    unit = Organisation.objects.create(
        area_code=COMMUNITY, name="机关党委", organisation_type=OrganisationType.PARTY_ORGANISATION
    )
    for number in range(6):
        make_need(longitude=121.22 + number / 900)
        kind = ResponderKind.PARTY_MEMBER if number % 2 else ResponderKind.VOLUNTEER
        make_responder(kind=kind, home_unit=unit if number % 2 else None, capacity=1, longitude=121.221 + number / 700)
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    before = set(Task.objects.values_list("need_id", "responder_id"))
    _start_again()

    for responder in Responder.objects.all():
        was_member = responder.kind == ResponderKind.PARTY_MEMBER
        responder.kind = ResponderKind.VOLUNTEER if was_member else ResponderKind.PARTY_MEMBER
        responder.home_unit = None if was_member else unit
        responder.save()
    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    assert set(Task.objects.values_list("need_id", "responder_id")) == before


def test_a_past_full_of_declined_and_missed_offers_changes_no_offer(now: datetime) -> None:
    long_ago = now - timedelta(days=3)
    helpers = [make_responder(longitude=121.221 + number / 700, capacity=2) for number in range(4)]
    for _number in range(5):
        make_need(longitude=121.2215)
    run_matching(actor=SYSTEM, now=now, area_code=STREET)
    before = set(Task.objects.values_list("need_id", "responder_id"))
    _start_again()

    past = make_need(longitude=121.3)
    for status in (TaskStatus.DECLINED, TaskStatus.EXPIRED, TaskStatus.CANCELLED):
        make_task(status, now=long_ago, responder=helpers[0], need=past)
    Need.objects.filter(pk=past.pk).update(status=NeedStatus.WITHDRAWN)
    run_matching(actor=SYSTEM, now=now, area_code=STREET)

    again = set(Task.objects.filter(offered_at=now).values_list("need_id", "responder_id"))
    assert again == before


def _start_again() -> None:
    """Undo the offers, so that the same needs wait again."""
    StockReservation.objects.all().delete()
    Task.objects.all().delete()
    Match.objects.all().delete()
    Need.objects.update(status=NeedStatus.TRIAGED)
