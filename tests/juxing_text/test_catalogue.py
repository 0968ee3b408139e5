# ruff: noqa: RUF001 - full-width and look-alike characters are what is tested
"""Messy item names find their catalogue item, or say that they do not know."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_text import CatalogueIndex, load_catalogue
from juxing_text.catalogue import MatchReason, standards_in
from juxing_text.quantities import units

DATA = Path(__file__).with_name("data")


def test_seed_catalogue_is_consistent() -> None:
    items = load_catalogue()
    names = [name for item in items for name in {item.name_zh, *item.aliases}]

    assert len({item.code for item in items}) == len(items) >= 200
    assert len(names) == len(set(names))
    assert {item.unit for item in items} <= set(units())
    assert all(item.name_en for item in items)
    assert any(item.is_ppe for item in items)
    assert any(item.is_medicine for item in items)


def test_every_name_recognises_its_own_item(catalogue: CatalogueIndex) -> None:
    for item in load_catalogue():
        for name in (item.name_zh, *item.aliases):
            found = catalogue.recognise(name)
            assert [one.candidates[0].code for one in found] == [item.code], name
            assert found[0].is_sure


@pytest.mark.parametrize(
    ("text", "specification", "code"),
    [
        ("医用防护口罩 | N95口罩", "GB 19083-2010, 建议3M 1860/1870/9123,防飞沫血液体液款", "mask_n95"),
        ("防冲击眼罩/护目镜/防护眼镜", "", "goggles"),
        ("防护帽/医用帽/圆帽", "", "cap_medical"),
        ("口罩类产能", "一次性医用口罩", "mask_medical"),
        ("测体温设备", "手持测温仪", "thermometer_gun"),
        ("７５％酒精（500ml）", "", "alcohol_75"),
        ("东北大米10斤装", "", "rice"),
    ],
)
def test_recognise_surely(catalogue: CatalogueIndex, text: str, specification: str, code: str) -> None:
    found = catalogue.recognise(text, specification)

    assert [one.candidates[0].code for one in found] == [code]
    assert found[0].is_sure


def test_recognise_several_things_in_one_string(catalogue: CatalogueIndex) -> None:
    found = catalogue.recognise("口罩，手套和防护服")

    assert [one.candidates[0].code for one in found] == ["mask", "gloves", "coverall"]


def test_conflicting_standard_is_never_sure(catalogue: CatalogueIndex) -> None:
    """Two hospitals cited the mask standard for coveralls; the name alone would have hidden it."""
    (found,) = catalogue.recognise("防护服", "GB19083-2010")

    assert not found.is_sure
    assert found.candidates[0].reason is MatchReason.STANDARD_CONFLICT
    assert {one.code for one in found.candidates} == {"coverall", "mask_n95"}


def test_standards_are_read_without_year() -> None:
    assert standards_in("灭菌，GB 10213-2006；YY/T0969、yy0469-2011") == ("GB 10213", "YY/T 0969", "YY 0469")


@pytest.mark.parametrize("text", ["呼吸机", "棺材", "心电监护仪", "", "???", "🍎"])
def test_recognise_knows_what_it_does_not_know(catalogue: CatalogueIndex, text: str) -> None:
    found = catalogue.recognise(text)

    assert len(found) == 1
    assert not found[0].is_sure


def test_recognise_held_out_names(catalogue: CatalogueIndex) -> None:
    """Names written before the matching code: what is called sure is right, the first guess mostly is."""
    with (DATA / "catalogue_held_out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    sure_right = sure_wrong = first_right = wanted = 0
    for row in rows:
        expected = set(filter(None, row["expected"].split("+")))
        found = catalogue.recognise(row["text"], row["specification"])
        sure = {one.candidates[0].code for one in found if one.is_sure}
        first = {one.candidates[0].code for one in found if one.candidates}
        sure_wrong += bool(sure - expected)
        sure_right += bool(sure) and sure == expected
        wanted += bool(expected)
        first_right += bool(expected) and first == expected

    assert sure_wrong == 0
    assert sure_right >= 0.35 * wanted
    assert first_right >= 0.85 * wanted


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_recognise_never_raises_and_ranks(text: str, specification: str) -> None:
    index = _SMALL

    for one in index.recognise(text, specification):
        confidences = [candidate.confidence for candidate in one.candidates]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 <= confidence <= 1 for confidence in confidences)


_SMALL = CatalogueIndex(load_catalogue())
