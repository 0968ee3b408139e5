"""Who needs what when, and through which channel it arrives; words come later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from juxing_demo.data_files import data
from juxing_demo.district_tables import CareFlag, District
from juxing_demo.draws import Draws, quotas
from juxing_demo.staff import heads_of_households

DUPLICATE_SHARE = 0.06
GOODS = ("staple_food", "fresh_food", "infant_supplies", "personal_hygiene")
"""Types that people put into an order chain; medicine and illness never belong there."""

URGENCY: dict[str, tuple[float, float]] = {
    "staple_food": (0.0, 0.05),
    "fresh_food": (0.0, 0.02),
    "infant_supplies": (0.0, 0.22),
    "medicine": (0.012, 0.12),
    "medical_trip": (0.0, 0.5),
    "care_visit": (0.012, 0.08),
    "psychological_support": (0.01, 0.05),
    "repair": (0.02, 0.14),
}
"""Chances of life-critical and of urgent; the rest is normal, pets are low."""


@dataclass(frozen=True)
class DayPlan:
    """Needs in order of arrival; columns as in `NeedTable`, types by name."""

    arrived_s: NDArray[np.int64]
    need_type: list[str]
    household: NDArray[np.int64]
    resident: NDArray[np.int64]
    priority: list[str]
    channel: list[str]
    duplicate_of: NDArray[np.int64]


def day_factor(day: int) -> float:
    """
    Intake of an emergency day relative to the first: rises to 2.2 on day 3, then falls by a tenth a day.
    """
    if day < 1:
        raise ValueError(f"Expected day >= 1, got {day}.")
    return (1.0, 1.6, 2.2)[day - 1] if day <= 3 else 2.2 * 0.9 ** (day - 3)


def plan_day(district: District, seed: int, day: int) -> DayPlan:
    """All needs of a day, the repeated ones included, without words."""
    draws = Draws(seed, district.size, "needs", day)
    kinds = data("needs")["type"]
    rates = [kind["rate"] for kind in kinds.values()]
    total = draws.arrivals(sum(rates) * len(district.households) / 1000 * day_factor(day))
    repeated = round(DUPLICATE_SHARE * total)
    household, resident, names = _originals(district, total - repeated, draws)
    priority = _priorities(district, names, resident, draws)
    seconds = _arrival_seconds(len(names), draws)
    channel = _channels(district, household, names, total, draws)
    again = draws.sample(np.arange(len(names)), repeated)
    late = np.minimum(seconds[again] + draws.between(repeated, 600, 7200).astype(np.int64), 86_399)
    second_way = _other_channels(channel, again, draws)
    seconds = np.concatenate([seconds, late])
    order = np.argsort(seconds, kind="stable")
    place = np.argsort(order, kind="stable")
    both = np.concatenate([np.arange(len(names)), again])[order]
    original = np.concatenate([np.full(len(names), -1), place[again]])[order]
    ways = [*channel, *second_way]
    return DayPlan(
        arrived_s=seconds[order],
        need_type=[names[row] for row in both.tolist()],
        household=household[both],
        resident=resident[both],
        priority=[priority[row] for row in both.tolist()],
        channel=[ways[row] for row in order.tolist()],
        duplicate_of=original,
    )


def _originals(district: District, count: int, draws: Draws) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Household, resident (-1 for all) and type of each need; no household needs a type twice."""
    kinds = data("needs")["type"]
    per_type = quotas(count, [kind["rate"] for kind in kinds.values()]).tolist()
    everyone = np.arange(len(district.households))
    households: list[NDArray[np.int64]] = []
    residents: list[NDArray[np.int64]] = []
    names: list[str] = []
    for name, wanted in zip(kinds, per_type, strict=True):
        weights = _concerned(district, name)
        if weights is None:
            own, who = draws.sample(everyone, wanted), np.full(wanted, -1)
        else:
            pool = np.flatnonzero(weights > 0)
            drawn = draws.sample(pool, min(pool.size, wanted * 2), weights[pool])
            drawn = drawn[draws.order(drawn.size)] if name != "medical_trip" else _heaviest(drawn, weights)
            _, first = np.unique(district.residents.household_row[drawn], return_index=True)
            who = drawn[np.sort(first)][:wanted]
            own = district.residents.household_row[who].astype(np.int64)
        households.append(own)
        residents.append(who)
        names += [name] * own.size
    return np.concatenate(households), np.concatenate(residents), names


def _heaviest(rows: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.int64]:
    return rows[np.argsort(-weights[rows], kind="stable")]


def _concerned(district: District, name: str) -> NDArray[np.float64] | None:
    """Weight of every resident for needs that belong to a person, None for needs of the household."""
    people = district.residents
    age, flags = people.age, people.care_flags

    def has(flag: CareFlag) -> NDArray[np.float64]:
        return np.asarray((flags & flag) > 0, dtype=np.float64)

    if name == "medicine":
        return has(CareFlag.PROXY_MEDICINE)
    if name == "medical_trip":
        usual = has(CareFlag.CHRONIC_DISEASE) * 0.02
        return 2.0 * has(CareFlag.LIFE_CRITICAL_TREATMENT) + 0.3 * has(CareFlag.PREGNANT_POSTNATAL) + usual
    if name == "infant_supplies":
        return np.asarray(age <= 2, dtype=np.float64)
    if name == "care_visit":
        weights = 0.4 * (age >= 70) + 2.0 * (age >= 85)
        weights[district.special_care.resident_row] += 4.0
        return np.asarray(weights * (age >= 18))
    return np.asarray(age >= 18, dtype=np.float64) if name == "psychological_support" else None


def _priorities(district: District, names: list[str], resident: NDArray[np.int64], draws: Draws) -> list[str]:
    drawn = draws.uniform(len(names)).tolist()
    flags = np.where(resident >= 0, district.residents.care_flags[resident], 0)
    critical = (flags & CareFlag.LIFE_CRITICAL_TREATMENT > 0) | (
        (flags & CareFlag.PREGNANT_POSTNATAL > 0) & draws.chance(0.3, len(names))
    )
    result: list[str] = []
    for name, value, is_critical in zip(names, drawn, critical.tolist(), strict=True):
        if name == "medical_trip" and is_critical:
            result.append("life_critical")
            continue
        first, second = URGENCY.get(name, (0.0, 0.0))
        usual = "low" if name == "pet_care" else "normal"
        result.append("life_critical" if value < first else "urgent" if value < first + second else usual)
    return result


def _arrival_seconds(count: int, draws: Draws) -> NDArray[np.int64]:
    hours = np.repeat(np.arange(24), quotas(count, data("needs")["hours"]["weights"]))[draws.order(count)]
    return hours * 3600 + draws.below(count, 3600)


def _channels(
    district: District, household: NDArray[np.int64], names: list[str], total: int, draws: Draws
) -> list[str]:
    """
    A channel for each original need, so that with the repeats the mix is that of the day.

    Order chains carry goods and run where many live; people without a smartphone are reached at the door,
    by phone, on paper or through others.
    """
    mix = data("needs")["channel"]
    wanted = dict(zip(mix, quotas(total, [*mix.values()]).tolist(), strict=True))
    estate_row = district.buildings.estate_row[district.households.building_row[household]]
    grouped = np.array([kind != "village_grid" for kind in district.estates.estate_type])[estate_row]
    goods = np.array([name in GOODS for name in names])
    heads = heads_of_households(district.residents.household_row)
    online = district.residents.has_smartphone[heads][household]
    result = np.full(len(names), "", dtype=object)

    def take(channel: str, weights: NDArray[np.float64]) -> None:
        free = np.flatnonzero((result == "") & (weights > 0))
        result[draws.sample(free, wanted[channel], weights[free])] = channel

    take("order_chain", (goods & grouped) * np.where(online, 1.0, 0.1))
    for channel in ("door_knock", "proxy", "paper", "phone", "hotline", "venue_desk"):
        share = len(names) / total
        wanted[channel] = round(wanted[channel] * share)
        take(channel, np.where(online, 0.35, 1.0) if channel != "hotline" else np.ones(len(names)))
    rest = np.flatnonzero(result == "")
    web = draws.sample(rest, round(rest.size * mix["web"] / (mix["web"] + mix["mobile"])))
    result[rest] = "mobile"
    result[web] = "web"
    return [str(channel) for channel in result]


def _other_channels(channel: list[str], again: NDArray[np.int64], draws: Draws) -> list[str]:
    """A second channel for each repeated need, other than the first and never the chain."""
    mix = {name: share for name, share in data("needs")["channel"].items() if name != "order_chain"}
    names = [*mix]
    drawn = draws.choose(again.size, [*mix.values()]).tolist()
    first = [channel[row] for row in again.tolist()]
    return [
        names[index] if names[index] != used else names[(index + 2) % len(names)]
        for index, used in zip(drawn, first, strict=True)
    ]
