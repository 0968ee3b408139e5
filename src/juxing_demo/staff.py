"""
Accounts of the people who work here: one for every role and area, and the phones everybody is reached by.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from juxing_demo.data_files import data
from juxing_demo.district_tables import (
    OrganisationTable,
    ResidentTable,
    ResponderTable,
    Size,
    SpecialCareTable,
    StaffTable,
    VenueTable,
)
from juxing_demo.draws import Draws, quotas
from juxing_demo.estate_plan import DISTRICT_CODE, Places
from juxing_demo.organisations import LAST_OFFICE_PHONE, households_of_community, phone
from juxing_demo.people import Population
from juxing_demo.responders import Serving

HOUSEHOLDS_PER_WORKER = 240
DISTRICT_ROLES = (
    "system_admin",
    "security_auditor",
    "privacy_officer",
    "district_commander",
    "district_operator",
    "hotline_agent",
    "counsellor",
    "mediator",
)
STREET_ROLES = ("street_commander", "street_operator")
COMMUNITY_ROLES = ("community_secretary", "second_secretary")

# role, area code, organisation row, resident row
_Post = tuple[str, str, int, int]


def build_staff(
    size: Size,
    places: Places,
    population: Population,
    *,
    organisations: OrganisationTable,
    venues: VenueTable,
    serving: Serving,
    seed: int,
) -> StaffTable:
    """
    All accounts, `phone` left empty for those who live here (`with_resident_phones` fills it).

    Building heads are residents of their building; village houses have none, which leaves a gap to be
    shown.
    """
    draws = Draws(seed, size, "staff")
    teams, responders = serving.teams, serving.responders
    posts = [
        *_area_posts(places),
        *_organisation_posts(organisations),
        *(("storekeeper", venues.area_code[row], -1, -1) for row in np.flatnonzero(venues.is_depot).tolist()),
        *(
            ("team_leader", teams.area_code[row], organisation, int(responders.resident_row[leader]))
            for row, (organisation, leader) in enumerate(teams.rows("organisation_row", "leader_row"))
        ),
        *_building_heads(places, population, draws),
        *_examples(places, responders, population),
    ]
    names = _strangers(len(posts), draws)
    serial: dict[tuple[str, str], int] = {}
    usernames: list[str] = []
    for role, area, _, _ in posts:
        serial[role, area] = serial.get((role, area), 0) + 1
        number = serial[role, area]
        usernames.append(f"{role}-{area}" if number == 1 else f"{role}-{area}-{number:02d}")
    office = iter(range(len(organisations), LAST_OFFICE_PHONE + 1))
    return StaffTable(
        username=usernames,
        role=[post[0] for post in posts],
        area_code=[post[1] for post in posts],
        name=[population.name[p[3]] if p[3] >= 0 else names[i] for i, p in enumerate(posts)],
        phone=["" if post[3] >= 0 else phone(next(office)) for post in posts],
        organisation_row=np.array([post[2] for post in posts], dtype=np.int32),
        resident_row=np.array([post[3] for post in posts], dtype=np.int32),
    )


def _area_posts(places: Places) -> Iterator[_Post]:
    households = households_of_community(places)
    workers = round(sum(households.values()) / HOUSEHOLDS_PER_WORKER)
    share = dict(zip(households, quotas(workers, [*households.values()]).tolist(), strict=True))
    for role in DISTRICT_ROLES:
        yield role, DISTRICT_CODE, -1, -1
    for code, level in places.areas.rows("code", "level"):
        if level == "street":
            yield from ((role, code, -1, -1) for role in STREET_ROLES)
        elif level == "community":
            yield from ((role, code, -1, -1) for role in COMMUNITY_ROLES)
            yield from (("community_worker", code, -1, -1) for _ in range(share[code]))
    yield from (("grid_worker", code, -1, -1) for code in places.grids.code)


def _organisation_posts(organisations: OrganisationTable) -> Iterator[_Post]:
    columns = organisations.rows("organisation_type", "branch_type", "is_member_unit", "is_supplier", "area_code")
    for row, (kind, branch, is_member, is_supplier, area) in enumerate(columns):
        if branch:
            yield "branch_secretary", area, row, -1
        elif kind == "agency":
            yield "department_liaison", area, row, -1
        elif is_member or is_supplier:
            yield "organisation_manager", area, row, -1


def _building_heads(places: Places, population: Population, draws: Draws) -> Iterator[_Post]:
    building = places.households.building_row[population.household_row]
    fit = np.array([mobility == "walks" for mobility in population.mobility])
    able = np.flatnonzero(fit & (population.age >= 30) & (population.age < 75))
    keys = draws.uniform(able.size) + np.where(population.age[able] >= 50, 0.0, 0.5)
    ranked = able[np.argsort(keys, kind="stable")]
    _, first = np.unique(building[ranked], return_index=True)
    head_of = dict(zip(building[ranked][first].tolist(), ranked[first].tolist(), strict=True))
    for row, (code, estate) in enumerate(places.buildings.rows("code", "estate_row")):
        if places.estates.estate_type[estate] != "village_grid" and row in head_of:
            yield "building_head", code, -1, head_of[row]


def _examples(places: Places, responders: ResponderTable, population: Population) -> Iterator[_Post]:
    """One account of a responder and one of a resident, for the list a demo prints."""
    busiest = int(np.argmax(responders.attendance_stage))
    household = places.households
    yield "responder", household.code[responders.household_row[busiest]], -1, int(responders.resident_row[busiest])
    resident = int(np.flatnonzero(population.has_smartphone & (population.age >= 30))[0])
    yield "resident", household.code[population.household_row[resident]], -1, resident


def _strangers(count: int, draws: Draws) -> list[str]:
    words = data("people")
    surname = draws.choose(count, [weight for _, weight in words["surnames"]])
    names: list[str] = []
    sexes = draws.chance(0.45, count).tolist()
    for row, male in enumerate(sexes):
        chars = words["given"]["male" if male else "female"]["middle"]
        one, two = draws.pick(1, chars["first"])[0], draws.pick(1, chars["second"])[0]
        names.append(words["surnames"][surname[row]][0] + one + two)
    return names


def resident_phones(
    population: Population,
    special_care: SpecialCareTable,
    staff: StaffTable,
    responders: ResponderTable,
    seed: int,
) -> list[str]:
    """
    A phone or "" for every resident, each given once: whoever works or helps here, heads of households, so that
    every door can be reached, and residents with special care who have a smartphone of their own.
    """
    draws = Draws(seed, population.age.size, "phones")
    count = population.age.size
    head = np.flatnonzero(np.diff(population.household_row, prepend=-1))
    accounts = staff.resident_row[staff.resident_row >= 0].astype(np.int64)
    cared = special_care.resident_row[population.has_smartphone[special_care.resident_row]].astype(np.int64)
    serving = responders.resident_row[responders.resident_row >= 0].astype(np.int64)
    chosen = np.unique(np.concatenate([accounts, serving, cared, head]))
    numbers = LAST_OFFICE_PHONE + 1 + draws.order(chosen.size)
    result = [""] * count
    for resident, number in zip(chosen.tolist(), numbers.tolist(), strict=True):
        result[resident] = phone(number)
    return result


def with_resident_phones(staff: StaffTable, phones: list[str]) -> StaffTable:
    """The accounts of residents with the phone the resident has."""
    rows = zip(staff.phone, staff.resident_row.tolist(), strict=True)
    return StaffTable(
        staff.username,
        staff.role,
        staff.area_code,
        staff.name,
        [phones[resident] if resident >= 0 else own for own, resident in rows],
        staff.organisation_row,
        staff.resident_row,
    )


def heads_of_households(household_row: NDArray[np.int32]) -> NDArray[np.int64]:
    """Row of each household's first resident, the contact person."""
    return np.flatnonzero(np.diff(household_row, prepend=-1))


def contacts_of_households(residents: ResidentTable) -> NDArray[np.int64]:
    """Row of the resident through whom each household is reached: the first with a phone, else the first."""
    first = heads_of_households(residents.household_row)
    holders = np.array([row for row, phone in enumerate(residents.phone) if phone], dtype=np.int64)
    _, nearest = np.unique(residents.household_row[holders], return_index=True)
    first[residents.household_row[holders[nearest]]] = holders[nearest]
    return first
