"""A look beyond one's own area: an hour, one place, a reason, and somebody who reads what was looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from juxing.access.break_glass_commands import break_glass, end_break_glass, review_break_glass
from juxing.access.break_glass_queries import deeds_during, own_break_glass
from juxing.access.models import Account, BreakGlassAccess
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.kernel.scope import acting
from juxing.places.models import Household
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_account, make_areas, make_household

pytestmark = pytest.mark.django_db
OTHER_STREET = OTHER_STREET_COMMUNITY[:9]
REASON = "门内有人呼救，当地社区电话打不通"
HOUR = timedelta(hours=1)


@pytest.fixture
def worker(db: None) -> Account:
    with acting(Actor.system("test")):
        make_areas()
        return make_account(Role.COMMUNITY_WORKER, COMMUNITY)


def opened(account: Account, now: datetime, *, area_code: str = OTHER_STREET, reason: str = REASON) -> BreakGlassAccess:
    return break_glass(actor=actor_of(account, now=now), now=now, area_code=area_code, reason=reason)


def households_seen(account: Account, now: datetime) -> int:
    with acting(actor_of(account, now=now)):
        return Household.objects.count()


def test_place_is_open_for_an_hour_and_closes_by_itself(worker: Account, now: datetime) -> None:
    with acting(Actor.system("test")):
        make_household(OTHER_STREET_COMMUNITY)
    before = households_seen(worker, now)

    opened(worker, now)

    assert before == 0
    assert households_seen(worker, now + HOUR - timedelta(seconds=1)) == 1
    assert households_seen(worker, now + HOUR) == 0


def test_it_carries_no_more_than_the_roles_held_anyway(worker: Account, now: datetime) -> None:
    before = {grant.role for grant in actor_of(worker, now=now).grants}
    opened(worker, now)
    assert {grant.role for grant in actor_of(worker, now=now).grants} == before == {Role.COMMUNITY_WORKER}


def test_closing_it_early_ends_it_at_once_and_only_for_who_opened_it(worker: Account, now: datetime) -> None:
    access, later = opened(worker, now), now + timedelta(minutes=5)
    other = make_account(Role.COMMUNITY_WORKER, STREET)

    with pytest.raises(NotVisible):
        end_break_glass(actor=actor_of(other, now=later), now=later, access=access)
    end_break_glass(actor=actor_of(worker, now=later), now=later, access=access)
    end_break_glass(actor=actor_of(worker, now=later), now=later, access=access)

    assert [grant.area_code for grant in actor_of(worker, now=later).grants] == [COMMUNITY]
    with acting(Actor.system("test")):
        assert JournalEntry.objects.filter(action="access.break_glass.end").count() == 1


@pytest.mark.parametrize(
    ("area_code", "field"),
    [("990117", "area_code"), ("310117001", "area_code"), (f"{COMMUNITY}", "area_code"), ("", "area_code"),
     ("99011700'", "area_code")],
)  # fmt: skip
def test_place_too_wide_foreign_own_or_none_is_refused(
    area_code: str, field: str, worker: Account, now: datetime
) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(worker, now, area_code=area_code)
    assert refused.value.field == field


def test_reason_must_say_something(worker: Account, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened(worker, now, reason="   急    ")
    assert refused.value.field == "reason"


def test_second_place_waits_until_the_first_is_closed(worker: Account, now: datetime) -> None:
    opened(worker, now)
    with pytest.raises(Refusal, match="break_glass_open"):
        opened(worker, now + timedelta(minutes=59), area_code=OTHER_STREET_COMMUNITY)
    opened(worker, now + HOUR)


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.SECURITY_AUDITOR, Role.SYSTEM_ADMIN, Role.STOREKEEPER])
def test_roles_that_never_need_it_are_refused(role: Role, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        opened(make_account(role, STREET), now)


def test_database_refuses_a_longer_one(worker: Account, now: datetime) -> None:
    access = opened(worker, now)
    with pytest.raises(IntegrityError, match="break_glass_is_short"), transaction.atomic():
        BreakGlassAccess.objects.filter(pk=access.pk).update(ends_at=now + timedelta(minutes=61))


def test_review_needs_another_person_its_end_and_a_word_when_unjustified(worker: Account, now: datetime) -> None:
    access, officer = opened(worker, now), actor_of(make_account(Role.PRIVACY_OFFICER, "990117"), now=now)

    def judge(actor: Actor, at: datetime, verdict: str, note: str = "") -> None:
        review_break_glass(actor=actor, now=at, access=access, verdict=verdict, note=note)

    with pytest.raises(NotPermitted):
        judge(actor_of(worker, now=now), now + HOUR, "justified")
    with pytest.raises(Refusal, match="still_open"):
        judge(officer, now, "justified")
    with pytest.raises(InvalidInput, match="note_missing"):
        judge(officer, now + HOUR, "not_justified")
    judge(officer, now + HOUR, "justified")
    with pytest.raises(Refusal, match="reviewed"):
        judge(officer, now + HOUR, "not_justified", "再看一遍")


def test_working_days_for_review_leave_out_the_weekend(worker: Account) -> None:
    friday = datetime(2026, 3, 13, 2, 0, tzinfo=UTC)
    assert opened(worker, friday).review_due_at == datetime(2026, 3, 18, 3, 0, tzinfo=UTC)


def test_what_is_looked_at_meanwhile_is_read_by_the_officer(worker: Account) -> None:
    now = clock.now()
    access = opened(worker, now)
    client = Client()
    with acting(Actor.system("test")):
        officer = make_account(Role.PRIVACY_OFFICER, "990117")
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("access:review_break_glass", args=[access.uuid])).content.decode()
    with acting(Actor.system("test")):
        deeds = [deed.action for deed in deeds_during(access)]

    assert deeds == ["access.break_glass.begin"]
    assert REASON in page
    assert client.get(reverse("access:break_glass_list")).content.decode().count(REASON) == 1


def test_officer_of_elsewhere_does_not_see_it(worker: Account, now: datetime) -> None:
    access = opened(worker, now)
    client = Client()
    with acting(Actor.system("test")):
        officer = make_account(Role.PRIVACY_OFFICER, STREET)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("access:review_break_glass", args=[access.uuid])).status_code == 404


def test_page_opens_keeps_what_was_typed_and_says_on_every_page_that_a_place_is_open(worker: Account) -> None:
    client = Client()
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("access:break_glass")

    refused = client.post(address, {"area_code": OTHER_STREET, "reason": "急"})
    accepted = client.post(address, {"area_code": OTHER_STREET, "reason": REASON})
    somewhere = client.get(reverse("access:me")).content.decode()
    access = BreakGlassAccess.objects.get()
    closed = client.post(reverse("access:end_break_glass", args=[access.uuid]))

    assert refused.status_code == 422
    assert OTHER_STREET in refused.content.decode()
    assert (accepted.status_code, closed.status_code) == (302, 302)
    assert "紧急打开" in somewhere
    assert "紧急打开" not in client.get(reverse("access:me")).content.decode()
    with pytest.raises(NotVisible):
        own_break_glass(actor=Actor.system("test"), uuid=access.uuid)
