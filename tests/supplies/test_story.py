"""The story of the spring of 2020, told as the command tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils.translation import override

from juxing.kernel.scope import acting
from juxing.organisations.models import Organisation
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.supplies.commandline import told
from juxing.supplies.enums import SupplyRequestStatus
from juxing.supplies.models import AllocationLine, SupplyOffer, SupplyRequest
from juxing.supplies.queries.donations import trace_of
from juxing.supplies.story import tell
from tests.supplies.makers import NOW, PROCESS

DATA = Path(__file__).resolve().parents[2] / "src/juxing/supplies/data/wuhan2020"


@pytest.mark.django_db
def test_story_is_told_from_nothing_to_a_proven_sharing() -> None:
    with acting(PROCESS):  # a little of the tree stands for all of it, or the telling would load 665,276 codes
        for code, name, level in (("42", "湖北省", AreaLevel.PROVINCE), ("4201", "武汉市", AreaLevel.CITY),
                                  ("420102", "江岸区", AreaLevel.DISTRICT)):  # fmt: skip
            Area.objects.create(code=code, name=name, level=level, source="test")

    story = tell(now=NOW)
    figures = json.loads(json.dumps(story.as_json()))
    with override("en"):
        lines = told(story)

    assert (figures["needs"], figures["offers"], figures["rejected"]) == (2095, 24, 0)
    assert figures["meanings"] == {"sure": 2079, "unsure": 40}
    assert (figures["confirmed_by_demo_person"], figures["waiting_for_a_person"]) == (3, 37)
    assert (figures["given"], figures["gap"], figures["is_verified"], figures["is_signed"]) == (
        1_055_000,
        0,
        True,
        False,
    )
    assert {entry["code"]: entry["given"] for entry in figures["items"]} == {
        "mask_n95": 50_000, "mask_medical": 1_000_000, "coverall": 5_000,
    }  # fmt: skip
    assert any("waits for a person" in line for line in lines)
    with acting(PROCESS):
        assert not SupplyOffer.objects.exclude(committed_quantity=0).exists()
        assert AllocationLine.objects.values("request").distinct().count() == SupplyRequest.objects.count() == 2095
        assert Organisation.objects.filter(is_demo=True).count() == 0


@pytest.mark.django_db
def test_told_with_stock_every_piece_offered_is_followed_to_a_place_and_once_only() -> None:
    with acting(PROCESS):
        for code, name, level in (("42", "湖北省", AreaLevel.PROVINCE), ("420102", "江岸区", AreaLevel.DISTRICT)):
            Area.objects.create(code=code, name=name, level=level, source="test")

    stock = tell(now=NOW, with_stock=True).stock
    with override("en"):
        again = tell(now=NOW, with_stock=True)

    assert stock is not None
    assert {item: (received, given, left) for _code, item, received, given, left in stock.pledges} == {
        "mask_n95": (50_000, 50_000, 0), "mask_medical": (1_000_000, 1_000_000, 0), "coverall": (5_000, 5_000, 0),
    }  # fmt: skip
    assert stock.units == 1_055_000
    assert stock.books_are_right
    assert again.stock == stock
    assert again.as_json()["is_signed"]
    with override("en"):
        assert any("The books are right" in line for line in told(again))
    with acting(PROCESS):
        states = set(SupplyRequest.objects.exclude(committed_quantity=0).values_list("status", flat=True))
        assert states == {SupplyRequestStatus.DISPATCHED}
        [trace] = trace_of(stock.pledges[0][0]).lines
        assert trace.adds_up
        assert "江岸区" in dict(trace.organisations)


def test_data_holds_no_telephone_number_and_no_contact_person() -> None:
    for file in DATA.glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert not {"contact", "contacts", "phone", "tel"} & set(row)
    assert "MIT" in (DATA / "SOURCE.md").read_text(encoding="utf-8")
