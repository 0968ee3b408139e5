"""Residents with names, circumstances and health, and the register of special-care persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from juxing_demo.ages import CHILD, GRANDPARENT, PARTNER, Household, live_together
from juxing_demo.data_files import data
from juxing_demo.district_tables import CareFlag, ResidentTable, SpecialCareTable
from juxing_demo.draws import Draws, quotas
from juxing_demo.estate_plan import Places

REFERENCE_YEAR = 2022
NON_LOCAL_SHARE = {
    "commercial": 0.45,
    "old": 0.30,
    "work_unit": 0.12,
    "large_resettlement": 0.40,
    "urban_renewal": 0.40,
    "mixed_use": 0.75,
    "sublet_park": 0.95,
    "village_grid": 0.60,
}
MALE_SHARE = 0.518
PROXY_MEDICINE_SHARE = 0.0403
SPECIAL_CARE_SHARE = 0.0109
SPECIAL_CARE_MIX: tuple[tuple[str, CareFlag, float], ...] = (
    ("elder_without_kin", CareFlag.WITHOUT_KIN, 4),
    ("child_in_hardship", CareFlag.CHILD_IN_HARDSHIP, 5),
    ("infant", CareFlag.INFANT, 6),
    ("pregnant_postnatal", CareFlag.PREGNANT_POSTNATAL, 6),
    ("long_term_illness", CareFlag.DAILY_MEDICINE, 19),
    ("disability", CareFlag.DISABILITY, 20),
    ("low_income", CareFlag.LOW_INCOME, 10),
    ("elder_living_alone", CareFlag.LIVING_ALONE, 30),
)
"""
Category, the circumstance it needs, share of the register in per cent (ours; the papers give only the
total).
"""


@dataclass(frozen=True)
class Population:
    """
    Residents before phones are given out; columns as in `ResidentTable`, plus the place in the household.
    """

    household_row: NDArray[np.int64]
    place: NDArray[np.int64]
    name: list[str]
    is_male: NDArray[np.bool_]
    age: NDArray[np.int64]
    is_local: NDArray[np.bool_]
    speaks_dialect_only: NDArray[np.bool_]
    has_smartphone: NDArray[np.bool_]
    mobility: list[str]
    care_flags: NDArray[np.int64]

    def with_phones(self, phones: list[str]) -> ResidentTable:
        """The finished table."""
        return ResidentTable(
            household_row=self.household_row.astype(np.int32),
            name=self.name,
            sex=["male" if male else "female" for male in self.is_male.tolist()],
            birth_year=(REFERENCE_YEAR - self.age).astype(np.int32),
            age=self.age.astype(np.int32),
            phone=phones,
            is_local=self.is_local,
            speaks_dialect_only=self.speaks_dialect_only,
            has_smartphone=self.has_smartphone,
            mobility=self.mobility,
            care_flags=self.care_flags.astype(np.int32),
        )


def build_population(places: Places, seed: int) -> Population:
    """Everybody who lives in the district."""
    size = places.households.size
    kinds = [places.estates.estate_type[row] for row in places.estate_of_household.tolist()]
    people = live_together(size, kinds, Draws(seed, len(size), "ages"))
    is_male = _sexes(people, Draws(seed, len(size), "sexes"))
    draws = Draws(seed, len(size), "circumstances")
    non_local = np.array([NON_LOCAL_SHARE[kind] for kind in kinds])
    is_local = ~draws.chance(non_local)[people.row]
    flags = _care_flags(people, is_male, size, draws)
    return Population(
        household_row=people.row,
        place=people.place,
        name=_names(people, is_male, Draws(seed, len(size), "names")),
        is_male=is_male,
        age=people.age,
        is_local=is_local,
        speaks_dialect_only=is_local & draws.chance(_stepped(people.age, {60: 0.03, 70: 0.10, 80: 0.25})),
        has_smartphone=draws.chance(_stepped(people.age, {0: 0.0, 10: 0.5, 14: 0.97, 60: 0.85, 70: 0.65, 80: 0.40})),
        mobility=_mobility(people.age, flags, draws),
        care_flags=flags,
    )


def _stepped(age: NDArray[np.int64], steps: dict[int, float]) -> NDArray[np.float64]:
    """A value that holds from each age to the next; zero below the first."""
    starts = np.array([*steps])
    values = np.array([0.0, *steps.values()])
    return np.asarray(values[np.searchsorted(starts, age, side="right")])


def _sexes(people: Household, draws: Draws) -> NDArray[np.bool_]:
    """Couples of two sexes; 80 and over 40.7 % male as among registered elders; 51.8 % male altogether."""
    count = people.age.size
    is_male = draws.chance(0.62, count)
    partner = np.flatnonzero(people.place == PARTNER)
    is_male[partner] = ~is_male[partner - 1]
    free = np.ones(count, dtype=bool)
    free[partner] = free[partner - 1] = False
    oldest = free & (people.age >= 80)
    is_male[oldest] = draws.chance(0.37, int(oldest.sum()))
    others = np.flatnonzero(free & (people.age < 80))
    wanted = round(MALE_SHARE * count) - int(is_male.sum() - is_male[others].sum())
    is_male[others] = False
    is_male[draws.sample(others, min(max(wanted, 0), others.size))] = True
    return is_male


def _names(people: Household, is_male: NDArray[np.bool_], draws: Draws) -> list[str]:
    words = data("people")
    surnames = [surname for surname, _ in words["surnames"]]
    drawn = draws.choose(people.row.size, [weight for _, weight in words["surnames"]])
    first_of_household = np.flatnonzero(np.diff(people.row, prepend=-1))
    head = first_of_household[people.row]
    father = np.where(is_male[head], head, np.minimum(head + 1, people.row.size - 1))
    shares = (people.place == CHILD) | ((people.place == GRANDPARENT) & is_male & draws.chance(0.6, head.size))
    family = np.where(shares, np.where(people.row[father] == people.row, drawn[father], drawn[head]), drawn)
    generation = np.searchsorted([35, 60], people.age, side="right")
    result = [""] * people.row.size
    for sex in (False, True):
        for number, era in enumerate(("young", "middle", "elder")):
            own = np.flatnonzero((is_male == sex) & (generation == number))
            chars = words["given"]["male" if sex else "female"][era]
            single = draws.chance(chars["single_share"], own.size)
            first, second = draws.pick(own.size, chars["first"]), draws.pick(own.size, chars["second"])
            parts = zip(own.tolist(), family[own].tolist(), first, second, single.tolist(), strict=True)
            for index, surname, one, two, short in parts:
                result[index] = surnames[surname] + (two if short else one + two)
    return result


def _care_flags(
    people: Household, is_male: NDArray[np.bool_], size: NDArray[np.int32], draws: Draws
) -> NDArray[np.int64]:
    age, count = people.age, people.age.size
    everyone = np.arange(count)
    chronic = draws.chance(_stepped(age, {18: 0.08, 40: 0.28, 60: 0.48, 70: 0.60, 80: 0.66}))
    daily = chronic & draws.chance(_stepped(age, {0: 0.5, 60: 0.75}))
    proxy = draws.sample(everyone[daily], round(PROXY_MEDICINE_SHARE * count), 0.5 + (age[daily] >= 60))
    alone = (size[people.row] == 1) & (age >= 60)
    low_income = np.zeros(size.size, dtype=bool)
    low_income[draws.sample(np.arange(size.size), round(0.009 * size.size))] = True
    critical = draws.sample(
        everyone[daily & (age >= 20)], round(0.0006 * count), 0.3 + (age[daily & (age >= 20)] >= 50)
    )
    expecting = everyone[~is_male & (age >= 20) & (age <= 44)]
    child = (age >= 6) & (age < 16)
    flags = np.zeros(count, dtype=np.int64)
    flags[chronic] |= CareFlag.CHRONIC_DISEASE
    flags[daily] |= CareFlag.DAILY_MEDICINE
    flags[proxy] |= CareFlag.PROXY_MEDICINE
    flags[alone] |= CareFlag.LIVING_ALONE
    flags[alone & draws.chance(0.12, count)] |= CareFlag.WITHOUT_KIN
    flags[draws.chance(_stepped(age, {0: 0.006, 18: 0.015, 60: 0.062}))] |= CareFlag.DISABILITY
    flags[draws.sample(expecting, round(0.011 * expecting.size))] |= CareFlag.PREGNANT_POSTNATAL
    flags[age < 1] |= CareFlag.INFANT
    flags[critical] |= CareFlag.LIFE_CRITICAL_TREATMENT
    flags[low_income[people.row]] |= CareFlag.LOW_INCOME
    flags[child & (low_income[people.row] | draws.chance(0.006, count))] |= CareFlag.CHILD_IN_HARDSHIP
    return flags


def _mobility(age: NDArray[np.int64], flags: NDArray[np.int64], draws: Draws) -> list[str]:
    disabled = (flags & CareFlag.DISABILITY) > 0
    housebound = np.maximum(_stepped(age, {60: 0.008, 70: 0.03, 80: 0.08}), 0.06 * disabled)
    limited = np.maximum(_stepped(age, {60: 0.075, 70: 0.19, 80: 0.34}), 0.35 * disabled)
    drawn = draws.uniform(age.size)
    level = (drawn < housebound + limited).astype(int) + (drawn < housebound)
    words = ("walks", "stairs_hard", "housebound")
    return [words[each] for each in level.tolist()]


def register_special_care(population: Population, seed: int) -> SpecialCareTable:
    """
    The 1.09 % of residents on the special-care register, each under one category.

    Everybody with a life-critical treatment is on it; the rest are drawn by category among those concerned.
    """
    count = population.age.size
    draws = Draws(seed, count, "special care")
    notes = data("organisations")["special_care"]["note"]
    total = round(SPECIAL_CARE_SHARE * count)
    critical = np.flatnonzero(population.care_flags & CareFlag.LIFE_CRITICAL_TREATMENT)
    taken = np.zeros(count, dtype=bool)
    taken[critical] = True
    category: dict[int, str] = dict.fromkeys(critical.tolist(), "life_sustaining_treatment")
    shares = quotas(total, [share for _, _, share in SPECIAL_CARE_MIX]).tolist()
    for (name, flag, _), wanted in zip(SPECIAL_CARE_MIX, shares, strict=True):
        need = total - len(category) if name == SPECIAL_CARE_MIX[-1][0] else wanted
        need -= critical.size if name == "long_term_illness" else 0
        free = np.flatnonzero((population.care_flags & flag > 0) & ~taken)
        chosen = draws.sample(free, max(0, need), 1.0 + (population.age[free] >= 80))
        taken[chosen] = True
        category |= dict.fromkeys(chosen.tolist(), name)
    rows = sorted(category)
    is_critical = population.care_flags[rows] & CareFlag.LIFE_CRITICAL_TREATMENT > 0
    return SpecialCareTable(
        resident_row=np.array(rows, dtype=np.int32),
        category=[category[row] for row in rows],
        is_life_critical=is_critical,
        note=[notes[category[row]][draws.below(1, len(notes[category[row]]))[0]] for row in rows],
    )
