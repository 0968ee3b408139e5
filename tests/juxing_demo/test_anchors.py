"""Shares that the papers and the census give."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from juxing_demo import CareFlag, District
from juxing_demo.ages import AGE_BANDS


def share(flags: np.ndarray, flag: CareFlag) -> float:
    return float(((flags & flag) > 0).mean())


def test_households_have_exact_sizes(district: District) -> None:
    size = district.households.size

    found = np.bincount(size, minlength=7)[1:] / size.size

    assert float(size.mean()) == pytest.approx(2.32, abs=1e-9)
    assert found.tolist() == pytest.approx([0.285, 0.345, 0.215, 0.09, 0.05, 0.015], abs=0.001)
    assert np.bincount(district.residents.household_row).tolist() == size.tolist()


def test_ages_follow_the_bands(district: District) -> None:
    age = district.residents.age

    for first, last, per_cent in AGE_BANDS:
        assert float(((age >= first) & (age <= last)).mean()) * 100 == pytest.approx(per_cent, abs=0.02)
    assert float((age >= 65).mean()) == pytest.approx(0.163, abs=0.0005)


def test_sexes_follow_the_census(district: District) -> None:
    male = np.array([sex == "male" for sex in district.residents.sex])

    assert float(male.mean()) == pytest.approx(0.518, abs=0.001)
    if district.size != "S":
        assert float(male[district.residents.age >= 80].mean()) == pytest.approx(0.407, abs=0.025)


def test_every_household_has_an_adult(district: District) -> None:
    adults = np.zeros(len(district.households), dtype=bool)

    adults[district.residents.household_row[district.residents.age >= 18]] = True

    assert bool(adults.all())


def test_estate_types_have_their_shares(large: District) -> None:
    counts = Counter(large.estates.estate_type)

    assert counts["large_resettlement"] + counts["urban_renewal"] == 13
    wanted = {"commercial": 45, "old": 20, "work_unit": 10, "mixed_use": 4, "sublet_park": 4, "village_grid": 4}
    assert {kind: counts[kind] for kind in wanted} == wanted


def test_elders_live_where_the_papers_find_them(large: District) -> None:
    estate = large.buildings.estate_row[large.households.building_row[large.residents.household_row]]
    kinds = np.array(large.estates.estate_type)[estate]

    found = {kind: float((large.residents.age[kinds == kind] >= 60).mean()) for kind in set(kinds.tolist())}

    assert found["work_unit"] > found["old"] > found["large_resettlement"] > found["commercial"] > found["mixed_use"]
    assert found["sublet_park"] == pytest.approx(0.03, abs=0.02)
    assert found["work_unit"] == pytest.approx(0.36, abs=0.05)


def test_care_circumstances_have_their_prevalence(large: District) -> None:
    age, flags = large.residents.age, large.residents.care_flags

    assert share(flags, CareFlag.PROXY_MEDICINE) == pytest.approx(0.0403, abs=0.0001)
    assert share(flags, CareFlag.LIFE_CRITICAL_TREATMENT) == pytest.approx(0.0006, abs=0.0001)
    assert share(flags, CareFlag.INFANT) == pytest.approx(0.006, abs=0.0005)
    assert share(flags, CareFlag.DISABILITY) == pytest.approx(0.025, abs=0.002)
    assert share(flags, CareFlag.LOW_INCOME) == pytest.approx(0.009, abs=0.001)
    assert share(flags[age >= 60], CareFlag.LIVING_ALONE) == pytest.approx(0.057, abs=0.001)
    assert share(flags[age >= 80], CareFlag.LIVING_ALONE) == pytest.approx(0.12, abs=0.002)
    assert share(flags[(age >= 60) & (age < 70)], CareFlag.CHRONIC_DISEASE) == pytest.approx(0.48, abs=0.01)
    women = np.array([sex == "female" for sex in large.residents.sex]) & (age >= 20) & (age <= 44)
    assert share(flags[women], CareFlag.PREGNANT_POSTNATAL) == pytest.approx(0.011, abs=0.0005)


def test_smartphones_thin_out_with_age(large: District) -> None:
    age, has = large.residents.age, large.residents.has_smartphone

    assert 1 - float(has[(age >= 60) & (age < 70)].mean()) == pytest.approx(0.15, abs=0.01)
    assert 1 - float(has[(age >= 70) & (age < 80)].mean()) == pytest.approx(0.35, abs=0.015)
    assert 1 - float(has[age >= 80].mean()) == pytest.approx(0.60, abs=0.015)


def test_special_care_register_is_consistent(district: District) -> None:
    rows = district.special_care.resident_row
    critical = np.flatnonzero(district.residents.care_flags & CareFlag.LIFE_CRITICAL_TREATMENT)

    assert len(rows) == round(0.0109 * len(district.residents))
    assert len(set(rows.tolist())) == len(rows)
    assert set(critical.tolist()) == set(rows[district.special_care.is_life_critical].tolist())
    for row, category in district.special_care.rows("resident_row", "category"):
        if category == "infant":
            assert district.residents.age[row] == 0
        if category.startswith("elder"):
            assert district.residents.age[row] >= 60
        if category == "pregnant_postnatal":
            assert district.residents.sex[row] == "female"


def test_attendance_funnel_is_that_of_the_papers(district: District) -> None:
    stage = district.responders.attendance_stage

    found = [float((stage >= least).mean()) for least in (1, 2, 3, 4)]

    assert found == pytest.approx([0.62, 0.41, 0.23, 0.09], abs=0.002)


def test_responders_have_the_papers_density(large: District) -> None:
    per_10k = 10_000 / len(large.residents)
    members = large.responders.kind.count("party_member")

    assert members * per_10k == pytest.approx(300, abs=0.5)
    assert (len(large.responders) - members) * per_10k == pytest.approx(500, abs=0.5)
    skills = Counter(skill for own in large.responders.skills for skill in own)
    assert skills["medical"] / len(large.responders) == pytest.approx(0.02, abs=0.003)
    assert skills["driving"] / len(large.responders) == pytest.approx(0.55, abs=0.01)
