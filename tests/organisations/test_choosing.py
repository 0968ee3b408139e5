"""Boxes that offer what fits: who is found by what, nobody of elsewhere, and the same without a script."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel.picking import picked
from juxing.kernel.refusals import InvalidInput
from juxing.organisations import queries
from juxing.organisations.models import PostHolding
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_actor
from tests.organisations.making import make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def named(sign_in_name: str, name: str, area_code: str = COMMUNITY) -> None:
    account = make_account(Role.GRID_WORKER, area_code, sign_in_name=sign_in_name)
    Account.objects.filter(pk=account.pk).update(display_name=name)


def test_people_are_found_by_name_pinyin_and_sign_in_name_but_not_of_elsewhere(now: datetime) -> None:
    make_organisation(now)
    for sign_in, name in (("wxy1", "王秀英"), ("wxy2", "王秀英"), ("leilei", "李雷")):
        named(sign_in, name)
    named("far", "王秀英", OTHER_COMMUNITY)
    search = queries.choosing.people_working_in(make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY).areas, now=now)
    found = {text: [one.text for one in search(text, 9)] for text in ("秀英", "wx", "leilei", "lilei", "far", "")}
    both = ["王秀英 · wxy1", "王秀英 · wxy2"]
    assert found == {
        "秀英": both, "wx": both, "leilei": ["李雷 · leilei"], "lilei": ["李雷 · leilei"], "far": [], "": []
    }  # fmt: skip
    assert picked(search, "王秀英 · wxy2", field="account").sign_in_name == "wxy2"
    with pytest.raises(InvalidInput, match="several_fit") as refused:
        picked(search, "王秀英", field="account")
    assert "wxy1" in str(refused.value.message)
    with pytest.raises(InvalidInput, match="nothing_fits"):
        picked(search, "far", field="account")


def test_organisations_and_places_are_found_by_part_of_their_name(now: datetime) -> None:
    unit = make_organisation(now, name="云间第一小学", kind="resident_unit")
    actor = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)
    search = queries.choosing.organisations_seen(actor)
    assert picked(search, "第一小学", field="x") == picked(search, f"云间第一小学 · {COMMUNITY}", field="x") == unit
    assert picked(search, str(unit.uuid), field="x") == unit
    places = queries.choosing.places_known(actor)
    assert picked(places, COMMUNITY, field="x") == COMMUNITY
    assert [one.thing for one in places(OTHER_COMMUNITY, 9)] == []


def test_form_takes_a_name_without_a_script_and_says_whom_it_could_mean(client: Client, now: datetime) -> None:
    post = make_post(now)
    for number in (1, 2):
        named(f"zh{number}", f"张华{number}")
    client.force_login(make_account(Role.COMMUNITY_SECRETARY, COMMUNITY))
    page = reverse("organisations:post", args=[post.uuid])
    box = client.get(page).content.decode()
    assert 'x-data="picker"' in box
    assert reverse("organisations:choose_people") in box
    refused = client.post(page, {"account": "张华", "slot": "primary", "rank": "1"})
    assert (refused.status_code, "张华1 · zh1" in refused.content.decode()) == (422, True)
    assert client.post(page, {"account": "张华2", "slot": "primary", "rank": "1"}).status_code == 302
    assert PostHolding.objects.get().account.sign_in_name == "zh2"


def test_what_is_offered_is_asked_for_by_who_may_and_is_short(client: Client, now: datetime) -> None:
    make_organisation(now)
    for number in range(20):
        named(f"p{number:02}", f"陈{number:02}")
    client.force_login(make_account(Role.COMMUNITY_SECRETARY, COMMUNITY))
    offered = client.get(reverse("organisations:choose_people"), {"q": "陈", "scope": "organisations.manage"}).json()
    assert len(offered["options"]) == 12
    assert offered["options"][0]["text"] == "陈00 · p00"
    assert offered["options"][0]["note"]
    client.force_login(make_account(Role.GRID_WORKER, COMMUNITY))
    assert client.get(reverse("organisations:choose_people"), {"q": "陈"}).json() == {"options": []}
