"""People who serve: who they are, what they can do and when, and the teams they form."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from juxing_demo.data_files import data
from juxing_demo.district_tables import OrganisationTable, ResponderTable, Size, TeamTable
from juxing_demo.draws import Draws, dealt, quotas
from juxing_demo.estate_plan import Places
from juxing_demo.organisations import community_of_household
from juxing_demo.people import PROXY_MEDICINE_SHARE, SPECIAL_CARE_SHARE, Population

VOLUNTEERS_PER_10K, VERIFIED_PER_10K, MEMBERS_PER_10K = 500, 380, 300
CARE_PER_CARER, MEDICINE_PER_SQUAD = 3.67, 96
SQUAD_PERSONS = 4
CAPACITIES = (3, 4, 6, 8, 10)

VOLUNTEER_KINDS: tuple[tuple[str, float], ...] = (
    ("volunteer", 62),
    ("student", 12),
    ("professional", 9),
    ("new_employment_worker", 6),
    ("social_worker", 4),
    ("property_staff", 4),
    ("rescue_member", 2),
    ("agency_staff", 1),
)
SKILL_SHARES: tuple[tuple[str, float], ...] = (
    ("medical", 0.02),
    ("pharmacy", 0.006),
    ("counselling", 0.008),
    ("legal", 0.008),
    ("information_technology", 0.03),
    ("teaching", 0.04),
    ("driving", 0.55),
    ("electrical_mechanical", 0.03),
    ("care", 0.06),
    ("sign_language", 0.003),
    ("heavy_loads", 0.22),
)
ATTENDANCE_SHARES = (0.38, 0.21, 0.18, 0.14, 0.09)
"""
Reported in only; placed, never came; checked in; 3 or more shifts; 10 or more: 100-62-41-23-9 of the
papers.
"""

REPORT_CHANNELS = (("mobile", 58.0), ("web", 17.0), ("paper", 15.0), ("proxy", 10.0))
TRANSPORT = (("foot", 38.0), ("bicycle", 17.0), ("electric_bike", 27.0), ("car", 18.0))


@dataclass(frozen=True)
class Serving:
    """Responders and their teams."""

    responders: ResponderTable
    teams: TeamTable


def build_responders(
    size: Size, places: Places, population: Population, organisations: OrganisationTable, seed: int
) -> Serving:
    """Volunteers and members in the papers' density, teams drawn from them."""
    draws = Draws(seed, size, "responders")
    resident, kind, verified = _who(population, draws)
    household = population.household_row[resident]
    count = resident.size
    carer = _carers(population, resident, verified, draws)
    skills = _skills(population, resident, draws)
    transport = [TRANSPORT[index][0] for index in draws.choose(count, [share for _, share in TRANSPORT])]
    teams, team_row = _teams(places, population, organisations, household, verified & ~carer)
    responders = ResponderTable(
        resident_row=resident.astype(np.int32),
        household_row=household.astype(np.int32),
        kind=kind,
        is_verified=verified,
        is_carer=carer,
        home_unit_row=_home_units(organisations, count, draws),
        team_row=team_row,
        skills=skills,
        languages=_languages(population, resident, draws),
        transport=[
            "car" if "driving" in s and t == "car" else t.replace("car", "electric_bike")
            for s, t in zip(skills, transport, strict=True)
        ],
        capacity=np.array(CAPACITIES, dtype=np.int32)[draws.choose(count, [20, 25, 25, 20, 10])],
        availability=_availability(kind, draws),
        max_load_kg=np.where(population.age[resident] >= 60, 5, 10 + 5 * draws.below(count, 4)).astype(np.int32),
        reported_in_channel=[REPORT_CHANNELS[i][0] for i in draws.choose(count, [s for _, s in REPORT_CHANNELS])],
        attendance_stage=dealt(draws, count, ATTENDANCE_SHARES).astype(np.int32),
    )
    return Serving(responders, teams)


def _who(population: Population, draws: Draws) -> tuple[NDArray[np.int64], list[str], NDArray[np.bool_]]:
    count = population.age.size
    volunteers, members = round(count * VOLUNTEERS_PER_10K / 10_000), round(count * MEMBERS_PER_10K / 10_000)
    fit = np.array([mobility == "walks" for mobility in population.mobility])
    able = np.flatnonzero(fit & (population.age >= 18) & (population.age < 70))
    chosen = draws.sample(able, volunteers + members, np.where(population.age[able] < 60, 1.0, 0.6))
    is_member = np.zeros(chosen.size, dtype=bool)
    is_member[draws.sample(np.arange(chosen.size), members)] = True
    kinds = np.array(dealt(draws, volunteers, [share for _, share in VOLUNTEER_KINDS]))
    names = iter(kinds.tolist())
    kind = ["party_member" if member else VOLUNTEER_KINDS[next(names)][0] for member in is_member.tolist()]
    for row, (name, resident) in enumerate(zip(kind, chosen.tolist(), strict=True)):
        if name == "student" and population.age[resident] > 27:
            kind[row] = "volunteer"
    verified = is_member.copy()
    others = np.flatnonzero(~is_member)
    verified[draws.sample(others, round(count * VERIFIED_PER_10K / 10_000))] = True
    return chosen, kind, verified


def _carers(
    population: Population, resident: NDArray[np.int64], verified: NDArray[np.bool_], draws: Draws
) -> NDArray[np.bool_]:
    wanted = round(round(SPECIAL_CARE_SHARE * population.age.size) / CARE_PER_CARER)
    carers = np.zeros(resident.size, dtype=bool)
    carers[draws.sample(np.flatnonzero(verified & (population.age[resident] >= 25)), wanted)] = True
    return carers


def _skills(population: Population, resident: NDArray[np.int64], draws: Draws) -> list[tuple[str, ...]]:
    has = [draws.chance(share, resident.size) for _, share in SKILL_SHARES]
    has[[name for name, _ in SKILL_SHARES].index("heavy_loads")] &= population.age[resident] < 50
    names = [name for name, _ in SKILL_SHARES]
    columns = np.array(has).T.tolist()
    return [tuple(name for name, own in zip(names, row, strict=True) if own) for row in columns]


def _languages(population: Population, resident: NDArray[np.int64], draws: Draws) -> list[tuple[str, ...]]:
    local = population.is_local[resident]
    dialect = local & draws.chance(np.where(population.age[resident] >= 35, 0.9, 0.5))
    english = draws.chance(np.where(population.age[resident] < 40, 0.2, 0.04))
    return [
        ("mandarin", *(("local_dialect",) if wu else ()), *(("english",) if en else ()))
        for wu, en in zip(dialect.tolist(), english.tolist(), strict=True)
    ]


def _availability(kind: list[str], draws: Draws) -> list[tuple[tuple[int, int, int], ...]]:
    """Windows of a week: evenings and weekends for those who work, whole days for a third."""
    pattern = draws.choose(len(kind), [34, 40, 26]).tolist()
    start = (480 + 30 * draws.below(len(kind), 4)).tolist()
    result: list[tuple[tuple[int, int, int], ...]] = []
    for shape, first in zip(pattern, start, strict=True):
        if shape == 0:
            result.append(tuple((day, first, first + 600) for day in range(7)))
        elif shape == 1:
            evenings = tuple((day, 1080, 1260) for day in range(5))
            result.append((*evenings, (5, first, first + 540), (6, first, first + 540)))
        else:
            result.append(tuple((day, first, first + 240) for day in range(0, 7, 2)))
    return result


def _home_units(organisations: OrganisationTable, count: int, draws: Draws) -> NDArray[np.int32]:
    units = np.flatnonzero(organisations.is_member_unit)
    drawn = units[draws.below(count, units.size)]
    return np.where(draws.chance(0.7, count), drawn, -1).astype(np.int32)


def _teams(
    places: Places,
    population: Population,
    organisations: OrganisationTable,
    household: NDArray[np.int64],
    free: NDArray[np.bool_],
) -> tuple[TeamTable, NDArray[np.int32]]:
    words = data("organisations")["team"]
    names = dict(places.areas.rows("code", "name"))
    communities = [code for code, level in places.areas.rows("code", "level") if level == "community"]
    community = community_of_household(places)[household]
    squads = ceil(round(PROXY_MEDICINE_SHARE * population.age.size) / MEDICINE_PER_SQUAD)
    weights = np.bincount(community_of_household(places), minlength=len(communities))
    rows: list[tuple[str, str, str, int]] = []
    team_row = np.full(household.size, -1, dtype=np.int32)
    for index, (code, number) in enumerate(zip(communities, quotas(squads, weights).tolist(), strict=True)):
        waiting = np.flatnonzero(free & (community == index)).tolist()
        kinds = ["medicine_squad"] * number + ["strike_team", "standby_team", "volunteer_team"]
        for serial, kind in enumerate(kinds, start=1):
            members, waiting = waiting[:SQUAD_PERSONS], waiting[SQUAD_PERSONS:]
            if members:
                team_row[members] = len(rows)
                rows.append((words[kind].format(area=names[code], number=serial), kind, code, members[0]))
    committee = {
        code: row
        for row, (code, kind) in enumerate(organisations.rows("area_code", "organisation_type"))
        if kind.endswith("s_committee") and len(code) == 12
    }
    table = TeamTable(
        code=[f"TEAM-{number:03d}" for number in range(1, len(rows) + 1)],
        name=[row[0] for row in rows],
        team_type=[row[1] for row in rows],
        area_code=[row[2] for row in rows],
        organisation_row=np.array([committee[row[2]] for row in rows], dtype=np.int32),
        leader_row=np.array([row[3] for row in rows], dtype=np.int32),
    )
    return table, team_row
