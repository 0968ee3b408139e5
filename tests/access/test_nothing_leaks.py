"""
Every reading function of the ground floor, as every role: nothing of a place outside the right's scope comes back.

The functions run with the database's own lock open (system scope), so what is tested is the rooms' scoping alone.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from juxing.access import journal_queries
from juxing.access import policy as access_policy
from juxing.access import queries as access_queries
from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.rights import Right, rights
from juxing.organisations import commands as organisations
from juxing.organisations import policy as organisations_policy
from juxing.organisations import queries as organisation_queries
from juxing.organisations.models import Organisation, Post
from juxing.people import commands as people
from juxing.people import finding
from juxing.people import policy as people_policy
from juxing.people import queries as people_queries
from juxing.people.models import Consent, Resident, SpecialCareProfile
from juxing.places import door_queries, map_queries
from juxing.places import policy as places_policy
from juxing.places import queries as places_queries
from juxing.places.door_text import DoorText
from juxing.places.models import Building, Estate, Household
from juxing_text.doors import KnownDoors
from tests.factories import (
    COMMUNITY,
    DISTRICT,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_account,
    make_actor,
    make_areas,
    make_building,
    make_household,
    make_resident,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
COMMUNITIES = (COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY)
SCOPES = (COMMUNITY, OTHER_COMMUNITY, STREET, DISTRICT)
MODULES = (access_queries, journal_queries, places_queries, door_queries, map_queries, people_queries, finding,
           organisation_queries)  # fmt: skip
ABOUT_ONESELF = {"own_account", "roots_of", "is_password_of"}
"""The own account, and names of places, which are public."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One call: the function it tests, the right that opens it, and its answer as (area code, thing) pairs."""

    function: Callable[..., Any]
    right: Right | str
    ask: Callable[..., Iterable[Any]]


def arrange(seed: int) -> None:
    """Fill three communities with alike doors, names and phones, so that only scope tells them apart."""
    chance = random.Random(seed)  # noqa: S311 - the same data on every run
    make_areas()
    with journal.correlated(uuid4()):
        _arrange_communities(chance)


def _arrange_communities(chance: random.Random) -> None:
    for community in COMMUNITIES:
        household = make_household(building=make_building(community), door=chance.choice(["301", "502"]))
        phone = "12800990001"
        resident = make_resident(household, name=chance.choice(["王秀英", "王伟"]), phone=phone)
        people.add_care(actor=SYSTEM, now=NOW, resident=resident, category="infant", starts_on=date(2026, 3, 1))
        people.give_consent(actor=SYSTEM, now=NOW, resident=resident, purpose="care")
        organisation = organisations.add_organisation(
            actor=SYSTEM, now=NOW, area_code=community, name="居委会", organisation_type="residents_committee"
        )
        organisations.add_team(actor=SYSTEM, now=NOW, organisation=organisation, name="队", team_type="strike_team")
        organisations.add_branch(
            actor=SYSTEM, now=NOW, organisation=organisation, name="支部", branch_type="elder_care"
        )
        post = organisations.add_post(actor=SYSTEM, now=NOW, organisation=organisation, title="岗")
        holder = make_account(Role.STOREKEEPER, community, sign_in_name=f"keeper-{community}")
        organisations.hold_post(actor=SYSTEM, now=NOW, post=post, account=holder, slot="primary")


def readings() -> Iterator[Reading]:
    """Yield every call, with the arguments of every community in turn."""
    yield from places_readings()
    yield from people_readings()
    yield from organisation_readings()
    yield from access_readings()


def places_readings() -> Iterator[Reading]:
    see, queries = places_policy.SEE, places_queries
    for code in ("", *SCOPES):
        yield Reading(queries.estates_page, see, lambda a, c=code: queries.estates_page(actor=a, area_code=c).rows)
        yield Reading(queries.counts_at, see, lambda a, c=code: _counted(a, c))
        for door in (DoorText(building="5", door="301"), DoorText(estate="湖滨", door="502")):
            yield Reading(door_queries.find_doors, see, lambda a, c=code, d=door: _doors(a, c, d))
        yield Reading(door_queries.find_door, see, lambda a, c=code: _found_door(a, c))
        yield Reading(door_queries.known_doors, see, lambda a, c=code: _known(a, c))
        yield Reading(map_queries.features_of, see, lambda a, c=code: _features(a, c))
        yield Reading(queries.area_to_manage, places_policy.MANAGE,
                      lambda a, c=code: [queries.area_to_manage(actor=a, code=c).code])  # fmt: skip
    for estate in Estate.objects.all():
        yield Reading(queries.estate, see, lambda a, e=estate: [queries.estate(actor=a, uuid=e.uuid)])
        yield Reading(queries.buildings_of, see, lambda a, e=estate: queries.buildings_of(actor=a, estate=e))
    for building in Building.objects.all():
        yield Reading(queries.building, see, lambda a, b=building: [queries.building(actor=a, uuid=b.uuid)])
        yield Reading(queries.doors_of, see, lambda a, b=building: [
            household for _unit, floors in queries.doors_of(actor=a, building=b) for _floor, doors in floors
            for household in doors
        ])  # fmt: skip
    for household in Household.objects.all():
        yield Reading(queries.household, see, lambda a, h=household: [queries.household(actor=a, uuid=h.uuid)])


def people_readings() -> Iterator[Reading]:
    find, care, queries = people_policy.FIND, people_policy.SEE_CARE, people_queries
    for text in ("王", "wx", "5-301", "12800990001"):
        for code in ("", OTHER_COMMUNITY):
            yield Reading(finding.find_people, find, lambda a, t=text, c=code: finding.find_people(a, t, c).people)
    for code in ("", *SCOPES):
        yield Reading(finding.residents_with_phone, find, lambda a, c=code: finding.residents_with_phone(
            actor=a, phone="12800990001", area_code=c))  # fmt: skip
    for resident in Resident.objects.select_related("household"):
        at, home = resident, resident.household
        yield Reading(finding.residents_of, find, lambda a, h=home: finding.residents_of(actor=a, household=h))
        yield Reading(queries.resident, find, lambda a, r=at: [queries.resident(actor=a, uuid=r.uuid)])
        yield Reading(queries.care_of, care, lambda a, r=at: queries.care_of(
            actor=a, resident=r, today=date(2026, 3, 10)))  # fmt: skip
        yield Reading(queries.consents_of, find, lambda a, r=at: queries.consents_of(actor=a, resident=r))
    for profile in SpecialCareProfile.objects.select_related("resident"):
        yield Reading(queries.care_profile, care, lambda a, p=profile: [
            queries.care_profile(actor=a, resident=p.resident, uuid=p.uuid)])  # fmt: skip
    for consent in Consent.objects.select_related("resident"):
        yield Reading(queries.consent, find, lambda a, c=consent: [
            queries.consent(actor=a, resident=c.resident, uuid=c.uuid)])  # fmt: skip
    for address in ("5-301", "湖滨5-502"):
        yield Reading(queries.household_written, people_policy.REGISTER,
                      lambda a, t=address: [queries.household_written(actor=a, address=t)])  # fmt: skip


def organisation_readings() -> Iterator[Reading]:
    see, manage, queries = organisations_policy.SEE, organisations_policy.MANAGE, organisation_queries
    for code in ("", *SCOPES):
        yield Reading(queries.organisations_page, see,
                      lambda a, c=code: queries.organisations_page(actor=a, area_code=c).rows)  # fmt: skip
        yield Reading(queries.branches_at, see, lambda a, c=code: queries.branches_at(actor=a, area_code=c))
    for row in Organisation.objects.all():
        yield Reading(queries.organisation, see, lambda a, o=row: [queries.organisation(actor=a, uuid=o.uuid)])
        yield Reading(queries.organisation_to_manage, manage,
                      lambda a, o=row: [queries.organisation_to_manage(actor=a, uuid=o.uuid)])  # fmt: skip
        yield Reading(queries.teams_of, see, lambda a, o=row: queries.teams_of(actor=a, organisation=o))
        yield Reading(queries.branches_of, see, lambda a, o=row: queries.branches_of(actor=a, organisation=o))
        yield Reading(queries.posts_of, see, lambda a, o=row: queries.posts_of(actor=a, organisation=o, now=NOW))
    for post in Post.objects.all():
        yield Reading(queries.post_to_manage, manage, lambda a, p=post: [queries.post_to_manage(actor=a, uuid=p.uuid)])
        yield Reading(queries.holdings_of, see, lambda a, p=post: queries.holdings_of(actor=a, post=p, now=NOW))
    for code in COMMUNITIES:
        yield Reading(queries.account_for_post, manage, lambda a, c=code: [_areas_of(
            queries.account_for_post(actor=a, sign_in_name=f"keeper-{c}", now=NOW))])  # fmt: skip


def access_readings() -> Iterator[Reading]:
    administer, read = access_policy.ADMINISTER, access_policy.READ_JOURNAL
    yield Reading(access_queries.accounts_page, administer,
                  lambda a: map(_areas_of, access_queries.accounts_page(actor=a).rows))  # fmt: skip
    for account in Account.objects.all():
        yield Reading(access_queries.account, administer,
                      lambda a, o=account: [_areas_of(access_queries.account(actor=a, uuid=o.uuid))])  # fmt: skip
    for code in ("", *SCOPES):
        wanted = journal_queries.JournalFilter(area_code=code)
        yield Reading(journal_queries.journal_page, read,
                      lambda a, w=wanted: journal_queries.journal_page(actor=a, wanted=w).rows)  # fmt: skip
    for entry in JournalEntry.objects.all()[:12]:
        yield Reading(journal_queries.entry, read, lambda a, e=entry: [journal_queries.entry(actor=a, entry_id=e.pk)])
        yield Reading(journal_queries.entries_of_the_same_act, read,
                      lambda a, e=entry: journal_queries.entries_of_the_same_act(actor=a, entry=e))  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_no_reading_function_gives_away_another_area(role: Role) -> None:
    chance = random.Random(role.value)  # noqa: S311 - the same data on every run
    arrange(seed=chance.randrange(1000))
    actors = [make_actor(role, chance.choice([*COMMUNITIES, STREET]))]

    leaks = [
        f"{reading.function.__name__} gave {area_code} to {role} of {actor.grants[0].area_code}"
        for reading in readings()
        for actor in actors
        for area_code in areas_in(reading, actor)
        if area_code not in actor.areas_with(_right(reading.right))
    ]

    assert leaks == []


def test_every_reading_function_that_takes_an_actor_is_tried() -> None:
    arrange(seed=1)
    tried = {reading.function for reading in readings()}

    forgotten = [
        f"{module.__name__}.{name}" for module in MODULES for name, function in _public(module)
        if function not in tried and name not in ABOUT_ONESELF
    ]  # fmt: skip

    assert forgotten == []


def test_the_system_sees_all_of_it() -> None:
    """The calls above do find something: otherwise no leak could be seen."""
    arrange(seed=2)

    empty = {reading.function.__name__ for reading in readings()}
    for reading in readings():
        if next(iter(areas_in(reading, SYSTEM)), None) is not None:
            empty.discard(reading.function.__name__)

    assert empty <= {"account_for_post", "household_written", "features_of"}


def areas_in(reading: Reading, actor: Actor) -> list[str]:
    """Return the area codes of an answer; a refusal is an empty answer."""
    try:
        answer = list(reading.ask(actor))
    except (NotVisible, Refusal):
        return []
    codes = [one if isinstance(one, str) else one.area_code for one in answer]
    return [code for code in codes if code]


def _right(right: Right | str) -> Right:
    return rights[right] if isinstance(right, str) else right


def _public(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        is_own = function.__module__ == module.__name__ and not name.startswith("_")
        if is_own and "actor" in inspect.signature(function).parameters:
            yield name, function


def _areas_of(account: Account) -> str:
    return str(account.role_assignments.get().area_code)


def _counted(actor: Actor, code: str) -> list[str]:
    """Return the codes behind a count, once more by the scope's own definition."""
    counts = places_queries.counts_at(actor=actor, area_code=code)
    allowed = actor.areas_with(places_policy.SEE)
    true = sum(1 for row in Household.objects.within(code) if row.area_code in allowed)
    assert counts["households"] == true, (code, counts, true)
    return [row.area_code for row in Household.objects.within(code) if row.area_code in allowed]


def _doors(actor: Actor, code: str, door: DoorText) -> list[Any]:
    [found] = door_queries.find_doors(actor=actor, area_code=code, doors=[door])
    return [*found.buildings, *found.households]


def _found_door(actor: Actor, code: str) -> list[Any]:
    found = door_queries.find_door(actor=actor, area_code=code, building="5", door="301")
    return [*found.buildings, *found.households]


def _known(actor: Actor, code: str) -> list[str]:
    """Return the codes of the doors that the reader may know; it must know as many kinds of doors, and no more."""
    allowed = actor.areas_with(places_policy.SEE)
    inside = [row for row in Household.objects.within(code).select_related("building") if row.area_code in allowed]
    known = door_queries.known_doors(actor=actor, area_code=code)
    assert len(known) == len(KnownDoors((row.building.number, None, row.door) for row in inside))
    return [row.area_code for row in inside]


def _features(actor: Actor, code: str) -> list[str]:
    """Return the codes of the estates shown as points; outlines of official places are public."""
    features = map_queries.features_of(actor=actor, area_code=code)["features"]
    titles = [feature["properties"]["title"] for feature in features if feature["geometry"]["type"] == "Point"]
    return list(Estate.objects.filter(name__in=titles).values_list("area_code", flat=True))
