"""The emergency day: how much, when, by which way, and how it ends."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from juxing_demo import CareFlag, Day, District, generate_day
from juxing_demo.day_needs import day_factor


def test_day_is_the_same_twice(small: District) -> None:
    assert generate_day(small).digest() == generate_day(small).digest()
    assert generate_day(small).digest() != generate_day(small, seed=1).digest()


def test_medium_day_has_the_promised_number_of_needs(day: Day) -> None:
    assert len(day.needs) == pytest.approx(6_450, rel=0.05)


def test_small_day_has_the_promised_number_of_needs(small: District) -> None:
    assert len(generate_day(small).needs) == pytest.approx(970, rel=0.12)


def test_intake_peaks_on_day_three() -> None:
    factors = [day_factor(number) for number in range(1, 8)]

    assert max(factors) == factors[2] == 2.2
    assert factors[4] == pytest.approx(2.2 * 0.81)
    with pytest.raises(ValueError, match="day >= 1"):
        day_factor(0)


def test_channels_have_their_mix(day: Day) -> None:
    counts = Counter(day.needs.channel)
    percent = {name: 100 * count / len(day.needs) for name, count in counts.items()}
    online = percent.pop("web") + percent.pop("mobile")

    assert online == pytest.approx(34, abs=2)
    for name, wanted in {
        "order_chain": 22,
        "phone": 14,
        "hotline": 6,
        "door_knock": 12,
        "paper": 4,
        "venue_desk": 5,
        "proxy": 3,
    }.items():
        assert percent[name] == pytest.approx(wanted, abs=1), name


def test_types_have_their_daily_rates(day: Day) -> None:
    rates = {
        "staple_food": 30,
        "fresh_food": 90,
        "medicine": 38,
        "medical_trip": 4,
        "infant_supplies": 9,
        "personal_hygiene": 18,
        "care_visit": 12,
        "psychological_support": 3,
        "repair": 6,
        "pet_care": 5,
    }
    counts = Counter(day.needs.need_type)

    assert set(counts) == set(rates)
    for name, rate in rates.items():
        assert counts[name] / 30 == pytest.approx(rate, rel=0.08, abs=0.5), name


def test_most_needs_arrive_in_the_two_rushes(day: Day) -> None:
    hour = day.needs.arrived_s // 3600

    rush = ((hour >= 8) & (hour < 11)) | ((hour >= 18) & (hour < 21))

    assert float(rush.mean()) == pytest.approx(0.60, abs=0.03)
    assert bool((np.diff(day.needs.arrived_s) >= 0).all())


def test_duplicates_repeat_an_earlier_need_by_another_way(day: Day) -> None:
    needs = day.needs
    again = np.flatnonzero(needs.duplicate_of_row >= 0)

    assert again.size / len(needs) == pytest.approx(0.06, abs=0.002)
    for row in again.tolist():
        first = int(needs.duplicate_of_row[row])
        assert first < row
        assert needs.duplicate_of_row[first] == -1
        assert needs.channel[row] != needs.channel[first]
        assert needs.household_row[row] == needs.household_row[first]
        assert needs.need_type[row] == needs.need_type[first]
    same_words = sum(needs.text[row] == needs.text[int(needs.duplicate_of_row[row])] for row in again.tolist())
    assert same_words / again.size < 0.15


def test_no_household_needs_a_type_twice_unless_marked(day: Day) -> None:
    rows = zip(day.needs.household_row.tolist(), day.needs.need_type, day.needs.duplicate_of_row.tolist(), strict=True)

    counts = Counter((household, kind) for household, kind, original in rows if original < 0)

    assert max(counts.values()) == 1


def test_life_critical_needs_exist_and_dialysis_is_among_them(medium: District, day: Day) -> None:
    needs = day.needs
    critical = [row for row, priority in enumerate(needs.priority) if priority == "life_critical"]
    treated = medium.residents.care_flags & CareFlag.LIFE_CRITICAL_TREATMENT > 0

    assert 20 <= len(critical) <= 200
    trips = [
        row for row in range(len(needs)) if needs.need_type[row] == "medical_trip" and treated[needs.resident_row[row]]
    ]
    assert trips
    assert {needs.priority[row] for row in trips} == {"life_critical"}


def test_need_belongs_to_a_person_of_its_household(medium: District, day: Day) -> None:
    own = day.needs.resident_row >= 0

    assert bool((medium.residents.household_row[day.needs.resident_row[own]] == day.needs.household_row[own]).all())


def test_items_are_of_the_catalogue(medium: District, day: Day) -> None:
    assert set(day.need_items.item) <= set(medium.supply_items.code)
    assert float(day.need_items.quantity.min()) == 0.5
    goods = {"staple_food", "fresh_food", "infant_supplies", "personal_hygiene"}
    with_items = set(day.need_items.need_row.tolist())
    assert all(row in with_items for row, kind in enumerate(day.needs.need_type) if kind in goods)


def test_medicine_never_stands_in_a_chain(day: Day) -> None:
    kinds = {kind for kind, channel in day.needs.rows("need_type", "channel") if channel == "order_chain"}

    assert kinds == {"staple_food", "fresh_food", "infant_supplies", "personal_hygiene"}


def test_recorder_covers_the_household(medium: District, day: Day) -> None:
    for channel, household, recorder in day.needs.rows("channel", "household_row", "recorded_by_row"):
        if channel in {"web", "mobile"}:
            assert recorder == -1
        else:
            assert medium.households.code[household].startswith(medium.staff.area_code[recorder])


def test_online_needs_can_be_signed_in_for(day: Day) -> None:
    rows = day.needs.rows("contact_phone", "channel")
    unreachable = [channel for phone, channel in rows if channel in {"web", "mobile"} and not phone]

    assert unreachable == []


def test_texts_are_filled_in(day: Day) -> None:
    assert all(text and "{" not in text for text in day.needs.text)
    assert len(set(day.needs.text)) > 0.6 * len(day.needs)
    phones = re.findall(r"(?<!\d)1\d{10}(?!\d)", "\n".join([*day.needs.text, *day.order_chains.text]))
    assert all(phone.startswith("1280") for phone in phones)


def test_spreadsheet_holds_every_paper_need_and_every_fault(day: Day) -> None:
    sheet = day.spreadsheet_rows
    on_paper = {row for row, channel in enumerate(day.needs.channel) if channel == "paper"}
    good = {row for row in sheet.need_row.tolist() if row >= 0}

    assert good == on_paper
    assert len(set(sheet.error) - {""}) == 12
    assert all((error == "") == (need >= 0) for error, need in sheet.rows("error", "need_row"))
    for row in on_paper:
        assert sheet.need_row[day.needs.spreadsheet_row[row]] == row


def test_follow_ups_reopen_and_withdraw_some(day: Day) -> None:
    follow = day.follow_ups

    assert len(follow) == len(day.needs)
    assert sum(map(bool, follow.reopen_text)) / len(follow) == pytest.approx(0.035, abs=0.01)
    withdrawn = follow.withdraw_after_min >= 0
    assert 0.01 < float(withdrawn.mean()) < 0.06
    assert not any(text for text, gone in zip(follow.reopen_text, withdrawn.tolist(), strict=True) if gone)


def test_people_who_only_reported_in_never_come(medium: District, day: Day) -> None:
    behaviour, stage = day.behaviour, medium.responders.attendance_stage

    assert behaviour.answer.shape[0] == len(medium.responders)
    assert not bool(behaviour.shows_up[stage < 2].any())
    assert not bool((behaviour.shows_up & (behaviour.answer != 0)).any())
    assert bool(behaviour.shows_up[stage == 4].mean() > 0.5)
    no_shows = (behaviour.answer == 0) & ~behaviour.shows_up
    assert bool(no_shows.any())
    assert int(behaviour.react_min.min()) >= 1
