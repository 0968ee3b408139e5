"""Pages of lists cost the same number of queries however many rows they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.kernel.scope import acting
from juxing.supplies.commands import SharingSettings, compute_allocation
from juxing.supplies.queries.lines import LineFilters, requests_page
from juxing.supplies.queries.stock import levels_page
from tests.factories import STREET, make_account, make_areas, make_stock
from tests.supplies.makers import NOW, PROCESS, make_mask, make_offer, make_request

pytestmark = pytest.mark.django_db


def more_rows() -> None:
    with acting(Actor.system("test")):
        make_stock(make_mask(), 10)
        make_request(100)
        make_request(10, item=None, written_item=f"那种口罩{make_request(5).pk}")
        make_offer(50)


def the_page(name: str) -> Callable[[], str]:
    def address() -> str:
        with acting(Actor.system("test")):
            run = compute_allocation(actor=PROCESS, now=NOW, area_code=STREET, settings=SharingSettings())
        return reverse(name, args=[run.uuid] if name == "supplies:allocation" else [])

    return address


@pytest.mark.parametrize(
    "name",
    ["supplies:stock", "supplies:requests", "supplies:offers", "supplies:mapping", "supplies:allocations",
     "supplies:share", "supplies:allocation"],
)  # fmt: skip
def test_number_of_queries_does_not_grow_with_rows(name: str) -> None:
    with acting(Actor.system("test")):
        make_areas()
        account = make_account(Role.STREET_OPERATOR, STREET)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    counts = []
    for rows in (1, 2):
        for _more in range(rows):
            more_rows()
        address = the_page(name)()
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_every_request_is_shown_once_over_all_pages(everywhere: None) -> None:
    made = [make_request().pk for _number in range(53)]
    cursor, seen = None, []
    while True:
        page = requests_page(actor=PROCESS, filters=LineFilters(), cursor=cursor)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == sorted(made, reverse=True)
    with pytest.raises(InvalidInput):
        requests_page(actor=PROCESS, filters=LineFilters(), cursor="forged")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"item": "mask_n95"}, {"known", "unknown"}),
        ({"item": "那种"}, {"unsettled"}),
        ({"is_unknown_quantity": True}, {"unknown"}),
        ({"is_unsettled": True}, {"unsettled"}),
        ({"status": "declined"}, set()),
        ({"organisation": "%"}, set()),
        ({}, {"known", "unknown", "unsettled"}),
    ],
)
def test_filters_narrow(filters: dict[str, Any], expected: set[str], everywhere: None) -> None:
    ids = {
        make_request(10).pk: "known", make_request(None).pk: "unknown",
        make_request(3, item=None, written_item="那种口罩").pk: "unsettled",
    }  # fmt: skip

    page = requests_page(actor=PROCESS, filters=LineFilters(**filters))

    assert {ids[row.pk] for row in page.rows} == expected


def test_what_runs_out_is_found(everywhere: None) -> None:
    low, _enough = make_stock(make_mask(), 0), make_stock(make_mask(), 5)

    assert [row.pk for row in levels_page(actor=PROCESS, is_low=True).rows] == [low.pk]
    assert len(levels_page(actor=PROCESS, item="口罩").rows) == 2
