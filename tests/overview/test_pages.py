"""The start page by role and the picture as each role meets it; other places are not there."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.needs.enums import NeedStatus, Priority
from juxing.overview.commands import recount_everything
from juxing.places.models import Area, AreaBoundary
from tests.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_account,
    make_areas,
    make_household,
    make_item,
    make_need,
    make_resident,
    make_responder,
    make_stock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
OTHER_STREET = "990117002"
PARTS = ("picture_of", "figures", "trends", "map")
LOOKERS = {
    Role.DISTRICT_COMMANDER: DISTRICT, Role.STREET_OPERATOR: STREET, Role.COMMUNITY_SECRETARY: COMMUNITY,
    Role.GRID_WORKER: COMMUNITY,
}  # fmt: skip


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def looker(role: str = Role.STREET_COMMANDER, area_code: str = STREET) -> Client:
    make_areas()
    return signed_in(make_account(role, area_code))


def address(name: str, code: str) -> str:
    return reverse(f"overview:{name}", args=[code])


def key_figures(html: str) -> list[str]:
    return re.findall(r'kit-figure__value">([^<]*)<', html)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everyone_finds_help_on_the_start_page(language: str) -> None:
    client = Client(headers={"accept-language": language})

    answer = client.get("/")

    html = answer.content.decode()
    assert answer.status_code == 200
    assert reverse("needs:ask") in html
    assert reverse("needs:find") in html
    assert reverse("access:sign_in") in html
    assert ("I need help" in html) == (language == "en")


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.DISTRICT_COMMANDER, "overview:picture"), (Role.COMMUNITY_SECRETARY, "overview:picture"),
        (Role.GRID_WORKER, "overview:picture"), (Role.RESPONDER, "dispatch:my_tasks"),
        (Role.SYSTEM_ADMIN, "access:accounts"), (Role.SECURITY_AUDITOR, "access:journal"),
        (Role.HOTLINE_AGENT, "needs:record"), (Role.STOREKEEPER, "supplies:stock"), (Role.COUNSELLOR, "needs:list"),
    ],
)  # fmt: skip
def test_each_role_begins_at_its_work(role: str, name: str) -> None:
    answer = looker(role).get("/")

    assert answer.status_code == 302
    assert answer["Location"] == reverse(name)


def test_picture_begins_at_the_widest_place() -> None:
    make_areas()
    account = make_account(Role.COMMUNITY_SECRETARY, OTHER_STREET_COMMUNITY)
    account.role_assignments.create(role=Role.STREET_COMMANDER, area_code=STREET, starts_at="2026-01-01T00:00Z")

    assert signed_in(account).get(reverse("overview:picture"))["Location"] == address("picture_of", STREET)


def test_area_switcher_keeps_to_scope() -> None:
    client = looker(Role.STREET_COMMANDER, STREET)

    assert client.get(reverse("overview:picture"), {"area": COMMUNITY})["Location"] == address("picture_of", COMMUNITY)
    assert client.get(reverse("overview:picture"), {"area": OTHER_STREET}).status_code == 404
    html = client.get(address("picture_of", STREET)).content.decode()
    assert f'value="{OTHER_COMMUNITY}"' in html
    assert f'value="{OTHER_STREET}"' not in html
    assert f'value="{DISTRICT}"' not in html


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("role", sorted(LOOKERS))
def test_each_part_opens_for_its_role_and_not_outside_its_area(role: Role, part: str) -> None:
    area_code = LOOKERS[role]
    client = looker(role, area_code)

    assert client.get(address(part, area_code)).status_code == 200
    outside = "990118" if area_code == DISTRICT else OTHER_STREET_COMMUNITY
    assert client.get(address(part, outside)).status_code == 404
    assert client.get(address(part, area_code[:4])).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_closed_to_others(part: str) -> None:
    assert Client().get(address(part, STREET)).status_code == 302
    assert looker(Role.RESPONDER).get(address(part, STREET)).status_code == 403


@pytest.mark.parametrize("code", ["99011", "990117001001-E001-G01-B001", "990117001777", "x", "990117001%27"])
def test_codes_that_name_nothing_are_not_found_or_stay_in_scope(code: str) -> None:
    answer = looker().get(f"/picture/{code}/")

    assert answer.status_code in {200, 404}
    assert answer.status_code == 404 or code.startswith(STREET)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("wall", ["", "1"])
def test_picture_is_drawn_in_both_languages_at_a_desk_and_on_a_wall(language: str, wall: str) -> None:
    client = looker()
    make_need(priority=Priority.LIFE_CRITICAL)
    make_responder()

    answer = client.get(address("picture_of", STREET), {"wall": wall}, headers={"accept-language": language})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert key_figures(html)[0] == "1"
    assert ("desk-side" in html) == (not wall)
    assert 'data-live-topics="needs dispatch responders supplies"' in html
    assert " style=" not in html
    assert ("Life-critical needs are waiting" in html) == (language == "en")


def test_another_streets_figures_never_show() -> None:
    client = looker()
    hidden = make_need(OTHER_STREET_COMMUNITY, priority=Priority.LIFE_CRITICAL)
    make_responder(OTHER_STREET_COMMUNITY)
    make_stock(make_item(), 0, community=OTHER_STREET_COMMUNITY)

    for kept in (False, True):
        if kept:
            recount_everything(now=timezone.now())
        for part in PARTS:
            html = client.get(address(part, STREET)).content.decode()
            assert hidden.number not in html
            assert "桂苑" not in html
            assert "桂溪" not in html
        figures = key_figures(client.get(address("figures", STREET)).content.decode())
        assert set(figures) == {"0", "–"}


def test_number_of_queries_does_not_grow_with_rows() -> None:
    client = looker()
    counts = []
    for _ in range(3):
        for community in (COMMUNITY, OTHER_COMMUNITY):
            make_need(community, priority=Priority.LIFE_CRITICAL)
            make_need(community, status=NeedStatus.MATCHED)
            make_responder(community)
            make_stock(make_item(), 0, community=community)
        numbers = []
        for part in PARTS:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address(part, STREET)).status_code == 200
            numbers.append(len(queries))
        counts.append(numbers)

    assert counts[0] == counts[1] == counts[2]


def test_kept_tallies_need_fewer_queries_than_counting() -> None:
    client = looker()
    make_need()
    with CaptureQueriesContext(connection) as counting:
        client.get(address("figures", STREET))
    recount_everything(now=timezone.now())

    with CaptureQueriesContext(connection) as kept:
        client.get(address("figures", STREET))

    assert len(kept) < len(counting)
    assert not [query for query in kept if "needs_need" in query["sql"]]


def test_table_of_places_is_sorted_by_what_was_clicked() -> None:
    client = looker()
    make_need(OTHER_COMMUNITY)
    make_need(OTHER_COMMUNITY)
    make_need(COMMUNITY)

    def first(sort: str) -> str:
        html = client.get(address("figures", STREET), {"sort": sort}).content.decode()
        return html[html.index("<tbody>") :].partition("</a>")[0].rpartition(">")[2]

    assert first("-waiting") == "望江社区"
    assert first("waiting") == "湖滨社区"
    assert first("no-such-column") in {"望江社区", "湖滨社区"}


def test_map_is_geojson_without_persons_and_points_at_no_door() -> None:
    client = looker()
    ring = [[121.2, 31.0], [121.3, 31.0], [121.3, 31.1]]
    AreaBoundary.objects.create(area=Area.objects.get(code=COMMUNITY), rings=[ring])
    household = make_household()
    make_resident(household, name="秘密人")
    make_need(
        household=household, priority=Priority.LIFE_CRITICAL, longitude=121.2204567, latitude=31.0304567,
        waiting_since=timezone.now() - timedelta(hours=2),
    )  # fmt: skip
    make_responder()

    answer = client.get(address("map", STREET))

    assert answer["Content-Type"] == "application/geo+json"
    features = json.loads(answer.content)["features"]
    shape, pin = features
    assert shape["geometry"]["coordinates"][0] == [*ring, ring[0]]
    assert (shape["properties"]["title"], shape["properties"]["tone"]) == ("湖滨社区", "bad")
    assert pin["geometry"]["type"] == "Point"
    assert pin["geometry"]["coordinates"] == pytest.approx([121.22, 31.03], abs=0.001)
    assert all(round(degree * 1000, 6) % 1 == 0 for degree in pin["geometry"]["coordinates"])
    text = answer.content.decode()
    assert "秘密" not in text
    assert household.area_code not in text
    assert "志愿者" not in text


def test_doorstep_sees_neither_stock_nor_journal() -> None:
    client = looker(Role.GRID_WORKER, COMMUNITY)
    make_stock(make_item(), 0)

    html = client.get(address("figures", COMMUNITY)).content.decode()

    assert "picture-depots-title" not in html
    assert "picture-facts-title" not in html
