"""The pages about residents: masked, journalled, closed to other areas, bearing bad input."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import run_job
from juxing.kernel.models import Job, JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.people import commands
from juxing.people.household_table import template
from juxing.people.models import Consent, HouseholdFile, Resident, SpecialCareProfile
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    make_account,
    make_actor,
    make_areas,
    make_household,
    make_resident,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(everywhere: None) -> Client:
    make_areas()
    return signed_in(make_account(Role.COMMUNITY_WORKER, COMMUNITY))


def test_search_lists_masked_people(client: Client) -> None:
    make_resident(name="王秀英", phone="12800991234")

    shown = client.get(reverse("people:search"), {"q": "wxy"}).content.decode()

    assert "王**" in shown
    assert "王秀英" not in shown
    assert "12800991234" not in shown


def test_search_says_what_to_write_for_a_bare_number(client: Client) -> None:
    assert client.get(reverse("people:search"), {"q": "301"}).status_code == 422


def test_reveal_shows_in_full_and_is_journalled(client: Client) -> None:
    resident = make_resident(name="王秀英", phone="12800991234")

    shown = client.post(reverse("people:reveal", args=[resident.uuid]), {"reason": "回访"}).content.decode()

    assert "王秀英" in shown
    assert "12800991234" in shown
    assert JournalEntry.objects.get(action=commands.REVEALED).reason == "回访"
    assert "王秀英" not in client.get(reverse("people:resident", args=[resident.uuid])).content.decode()


@pytest.mark.parametrize("name", ["resident", "reveal", "add_care", "give_consent"])
def test_resident_of_another_community_does_not_exist(name: str, client: Client) -> None:
    resident = make_resident(make_household(OTHER_COMMUNITY))
    address = reverse(f"people:{name}", args=[resident.uuid])

    answer = client.get(address) if name == "resident" else client.post(address, {"reason": "x"})

    assert answer.status_code == 404


def test_household_of_another_community_does_not_exist(client: Client) -> None:
    household = make_household(OTHER_COMMUNITY)

    assert client.get(reverse("people:household", args=[household.uuid])).status_code == 404
    assert client.get(reverse("people:household", args=[uuid4()])).status_code == 404


def test_care_is_hidden_from_those_who_may_not_know() -> None:
    resident = make_resident()
    commands.add_care(
        actor=SYSTEM, now=datetime(2026, 3, 10).astimezone(), resident=resident, category="low_income",
        starts_on=date(2026, 3, 10), note="低保",
    )  # fmt: skip
    address = reverse("people:resident", args=[resident.uuid])

    seen = signed_in(make_account(Role.GRID_WORKER, COMMUNITY)).get(address).content.decode()
    hidden = signed_in(make_account(Role.BUILDING_HEAD, COMMUNITY)).get(address).content.decode()

    assert "低保" in seen
    assert "低保" not in hidden


def test_household_page_registers_a_resident_once(client: Client) -> None:
    address = reverse("people:household", args=[make_household().uuid])
    filled = {"name": "<b>陈明</b>", "mobility": "walks", "idempotency_key": "k1"}

    answers = [client.post(address, filled).status_code for _ in range(2)]
    again = client.post(address, filled | {"idempotency_key": "k2"})
    wrong = client.post(address, {"name": "", "phone": "abc", "birth_year": "1700", "mobility": "flies"})

    assert (answers, again.status_code, wrong.status_code) == ([302, 302], 422, 422)
    assert Resident.objects.count() == 1
    assert "<b>" not in client.get(address).content.decode().replace("&lt;b&gt;", "")


def test_care_and_consent_are_begun_and_ended_on_the_page(client: Client) -> None:
    resident = make_resident()
    for name, filled in (
        ("add_care", {"category": "infant", "contact_every_hours": "24", "note": "x"}),
        ("give_consent", {"purpose": "care", "kind": "separate"}),
    ):
        assert client.post(reverse(f"people:{name}", args=[resident.uuid]), filled).status_code == 302
    care, consent = SpecialCareProfile.objects.get(), Consent.objects.get()
    client.post(reverse("people:end_care", args=[resident.uuid, care.uuid]))
    client.post(reverse("people:withdraw_consent", args=[resident.uuid, consent.uuid]))

    care.refresh_from_db()
    consent.refresh_from_db()
    assert care.ends_on is not None
    assert consent.withdrawn_at is not None


def test_import_page_runs_a_job_and_forgets_the_file(client: Client) -> None:
    sent = SimpleUploadedFile("households.xlsx", template())

    answer = client.post(reverse("people:import"), {"area": COMMUNITY, "file": sent})
    assert answer.status_code == 302
    run_job(job_id=Job.objects.get().pk)

    assert "2" in client.get(answer["Location"]).content.decode()
    assert Job.objects.get().result["added"] == 2
    assert not HouseholdFile.objects.exists()


def test_import_page_refuses_another_area(client: Client) -> None:
    sent = SimpleUploadedFile("households.xlsx", template())

    assert client.post(reverse("people:import"), {"area": OTHER_COMMUNITY, "file": sent}).status_code in {403, 422}
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_the_roles_that_carry_the_right(role: Role) -> None:
    make_areas()
    client = signed_in(make_account(role, COMMUNITY))
    finders = {"community_secretary", "second_secretary", "community_worker", "grid_worker", "building_head",
               "street_operator", "district_operator", "hotline_agent"}  # fmt: skip

    assert client.get(reverse("people:search")).status_code == (200 if role.value in finders else 403)
    expected = 200 if role.value not in {"resident", "security_auditor"} else 403
    assert client.get(reverse("places:areas")).status_code == expected


def test_change_resident_journals_names_of_fields_only(now: datetime) -> None:
    resident = make_resident(name="王秀英")

    changed = commands.change_resident(
        actor=SYSTEM, now=now, resident=resident, changes={"name": "王秀兰", "birth_year": 1951}
    )

    assert (changed.name_initials, changed.given_name) == ("wxl", "秀兰")
    assert JournalEntry.objects.get(action=commands.CHANGED).changes == {"fields": ["birth_year", "name"]}


def test_move_out_ends_care_and_finding(now: datetime) -> None:
    resident = make_resident()
    commands.add_care(actor=SYSTEM, now=now, resident=resident, category="infant", starts_on=date(2026, 3, 1))

    commands.move_out(actor=SYSTEM, now=now, resident=resident, on=date(2026, 3, 10))

    assert SpecialCareProfile.objects.get().ends_on == date(2026, 3, 10)
    with pytest.raises(Refusal, match="resident_left"):
        commands.move_out(actor=SYSTEM, now=now, resident=resident, on=date(2026, 3, 10))


def test_commands_refuse_who_may_not(now: datetime) -> None:
    resident = make_resident()
    storekeeper = make_actor(Role.STOREKEEPER, COMMUNITY)

    with pytest.raises(NotPermitted):
        commands.reveal(actor=storekeeper, now=now, resident=resident, reason="x")
    with pytest.raises(NotPermitted):
        commands.change_resident(actor=storekeeper, now=now, resident=resident, changes={"birth_year": 1950})
    with pytest.raises(InvalidInput, match="reason_needed"):
        commands.reveal(actor=SYSTEM, now=now, resident=resident, reason=" ")
