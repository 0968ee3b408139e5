"""Pages that write residents down, change and move them; opening them reveals nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.roles import Role
from juxing.people.models import Resident
from juxing.places.models import Household
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_areas, make_household, make_resident

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def client_of(role: Role) -> Client:
    make_areas()
    client = Client()
    client.force_login(make_account(role, COMMUNITY), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client(everywhere: None) -> Client:
    return client_of(Role.COMMUNITY_WORKER)


def written(household: Household) -> str:
    return f"{household.building.estate.name}{household.building.number}-{household.door}"


def test_register_finds_the_door_as_people_write_it(client: Client) -> None:
    household = make_household()

    answer = client.post(reverse("people:register"), {"address": "5-301", "name": "陈明", "mobility": "walks"})

    assert answer.status_code == 302
    assert Resident.objects.get().household == household


@pytest.mark.parametrize("address", ["5-999", "<b>", "5号楼", "1" * 100])
def test_register_keeps_what_was_typed_when_no_door_is_meant(address: str, client: Client) -> None:
    make_household()

    answer = client.post(reverse("people:register"), {"address": address, "name": "陈明", "mobility": "walks"})

    assert answer.status_code == 422
    assert "陈明" in answer.content.decode()
    assert not Resident.objects.exists()


def test_register_does_not_know_doors_of_other_communities(client: Client) -> None:
    other = make_household(OTHER_COMMUNITY, door="777")

    answer = client.post(reverse("people:register"), {"address": written(other), "name": "陈明", "mobility": "walks"})

    assert answer.status_code == 422


def test_change_keeps_name_and_phone_where_nothing_is_written(client: Client) -> None:
    resident = make_resident(name="王秀英", phone="12800991234")
    address = reverse("people:change", args=[resident.uuid])
    shown = client.get(address).content.decode()

    answer = client.post(address, {"birth_year": "1951", "mobility": "housebound", "has_smartphone": "False"})

    resident.refresh_from_db()
    assert answer.status_code == 302
    assert "王秀英" not in shown
    assert "12800991234" not in shown
    assert (resident.name, resident.phone, resident.birth_year) == ("王秀英", "12800991234", 1951)
    assert (resident.mobility, resident.has_smartphone) == ("housebound", False)


def test_change_takes_a_new_name_and_forgets_a_phone(client: Client) -> None:
    resident = make_resident(name="王秀英", phone="12800991234")

    client.post(
        reverse("people:change", args=[resident.uuid]), {"name": "王秀兰", "forget_phone": "on", "mobility": "walks"}
    )

    resident.refresh_from_db()
    assert (resident.name, resident.name_initials, resident.phone, resident.phone_index) == ("王秀兰", "wxl", "", "")


@pytest.mark.parametrize(
    "filled",
    [{"phone": "abc", "mobility": "walks"}, {"mobility": "flies"}, {"birth_year": "1700", "mobility": "walks"}],
)
def test_change_refuses_what_cannot_be_right(filled: dict[str, Any], client: Client) -> None:
    resident = make_resident()

    assert client.post(reverse("people:change", args=[resident.uuid]), filled).status_code == 422


@pytest.mark.parametrize("on", ["2026-03-09", "1800-01-01", "tomorrow", "9999-12-31"])
def test_move_out_takes_plausible_days(on: str, client: Client) -> None:
    resident = make_resident()

    answer = client.post(reverse("people:move_out", args=[resident.uuid]), {"on": on, "reason": "随子女居住"})

    resident.refresh_from_db()
    is_plausible = on == "2026-03-09"
    assert answer.status_code == (302 if is_plausible else 422)
    assert (resident.left_on is not None) == is_plausible


@pytest.mark.parametrize("name", ["change", "move_out"])
def test_residents_of_other_communities_do_not_exist(name: str, client: Client) -> None:
    resident = make_resident(make_household(OTHER_COMMUNITY))

    assert client.get(reverse(f"people:{name}", args=[resident.uuid])).status_code == 404
    assert client.post(reverse(f"people:{name}", args=[resident.uuid]), {"on": "2026-03-09"}).status_code == 404


def test_purposes_list_every_personal_column(client: Client) -> None:
    from juxing.people.personal_fields import personal_fields

    shown = client.get(reverse("people:purposes")).content.decode()

    assert all(column in shown for column, _field in personal_fields)


@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_those_who_register(role: Role) -> None:
    client = client_of(role)
    registers = role in {Role.COMMUNITY_SECRETARY, Role.SECOND_SECRETARY, Role.COMMUNITY_WORKER, Role.GRID_WORKER}

    assert client.get(reverse("people:register")).status_code == (200 if registers else 403)
    assert client.get(reverse("people:purposes")).status_code == (403 if role == Role.RESIDENT else 200)
