"""Who answers for what: gaps, loads, the proposal accepted and undone, the map, what cannot be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from juxing.access.models import Account
from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.organisations import commands, policy, queries
from juxing.organisations.commands import Answers, AwayInput
from juxing.organisations.models import ResponsibilityCoverage
from juxing.places.models import Building
from tests.factories import (
    COMMUNITY,
    OTHER_COMMUNITY,
    make_account,
    make_actor,
    make_areas,
    make_building,
    make_household,
)
from tests.organisations.making import SYSTEM, make_holders, make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def buildings(count: int, households: int = 3, community: str = COMMUNITY) -> list[Building]:
    made = [make_building(community) for _each in range(count)]
    for building in made:
        for door in range(households):
            make_household(community, building=building, door=str(101 + door))
    return made


def worker(community: str = COMMUNITY) -> Account:
    make_areas()
    return make_account(Role.COMMUNITY_WORKER, community)


def test_gaps_loads_and_absence_are_seen(now: datetime) -> None:
    one, two, three = buildings(3)
    person = worker()
    commands.set_standard(actor=SYSTEM, now=now, area_code=COMMUNITY, households_per_holder=5)
    answers = {row.area_code: Answers(account_id=person.pk) for row in (one, two)}
    commands.cover_places(actor=SYSTEM, now=now, kind="building", answers=answers)

    page = queries.coverage.places_page(actor=SYSTEM, now=now, kind="building", area_code=COMMUNITY)
    gaps = queries.coverage.places_page(actor=SYSTEM, now=now, kind="building", area_code=COMMUNITY, state="gap")
    [load] = queries.coverage.loads(actor=SYSTEM, area_code=COMMUNITY)
    figures = {row.kind: row.gaps for row in queries.coverage.figures(actor=SYSTEM, area_code=COMMUNITY)}

    assert [row.area_code for row in gaps.rows] == [three.area_code]
    assert [bool(row.coverage) for row in page.rows] == [True, True, False]
    assert (load.households, load.limit, load.over) == (6, 5, 1)
    assert figures["building"] == 1
    [(_row, _given, first_full), *_rest] = queries.coverage.points(actor=SYSTEM, area_code=COMMUNITY)
    assert first_full is True
    post = make_post(now)
    commands.hold_post(actor=SYSTEM, now=now, post=post, account=person, slot="primary")
    commands.declare_absence(actor=SYSTEM, now=now, account=person, given=AwayInput("sudden"))
    page = queries.coverage.places_page(actor=SYSTEM, now=now, kind="building", area_code=COMMUNITY)
    assert [row.is_absent for row in page.rows] == [True, True, False]


def test_proposal_leaves_no_gap_and_no_needless_overload_and_can_be_undone(now: datetime) -> None:
    rows = buildings(6, households=2)
    people = [worker() for _each in range(3)]
    worker(OTHER_COMMUNITY)
    commands.set_standard(actor=SYSTEM, now=now, area_code=COMMUNITY, households_per_holder=4)
    everything = {row.area_code: Answers(account_id=people[0].pk) for row in rows}
    commands.cover_places(actor=SYSTEM, now=now, kind="building", answers=everything)

    draft = queries.coverage.draft(actor=SYSTEM, now=now, area_code=COMMUNITY, kind="building", keep=True)
    answers = {code: Answers(account_id=pk) for code, pk in draft.proposed.account_of.items()}
    batch = commands.cover_places(actor=SYSTEM, now=now + timedelta(hours=1), kind="building", answers=answers)

    assert (draft.proposed.overload_before, draft.proposed.overload, draft.proposed.is_optimal) == (8, 0, True)
    loads = {load.account_id: load.households for load in queries.coverage.loads(actor=SYSTEM, area_code=COMMUNITY)}
    assert loads == {person.pk: 4 for person in people}
    assert commands.undo_batch(actor=SYSTEM, now=now + timedelta(hours=2), batch=batch) == 4
    standing = queries.coverage.standing(kind="building", codes=list(everything))
    assert standing == everything
    with pytest.raises(Refusal, match="changed_since"):
        commands.undo_batch(actor=SYSTEM, now=now, batch=batch)


def test_covering_again_changes_nothing_and_many_cost_as_much_as_few(now: datetime) -> None:
    person = worker()
    counts = []
    for size in (1, 12):
        answers = {row.area_code: Answers(account_id=person.pk) for row in buildings(size, households=1)}
        with CaptureQueriesContext(connection) as asked:
            commands.cover_places(actor=SYSTEM, now=now, kind="building", answers=answers)
        counts.append(len(asked))
    commands.cover_places(actor=SYSTEM, now=now, kind="building", answers=answers)

    assert counts[0] == counts[1]
    assert ResponsibilityCoverage.objects.count() == 13


def test_impossible_answers_are_refused(now: datetime) -> None:
    [row] = buildings(1)
    person, outside = worker(), worker(OTHER_COMMUNITY)
    bad: list[tuple[dict[str, Answers], str]] = [
        ({row.area_code: Answers(account_id=outside.pk)}, "holder_outside"),
        ({row.area_code: Answers(account_id=person.pk, alternate_id=person.pk)}, "b_is_a"),
        ({row.area_code: Answers(alternate_id=person.pk)}, "place_needs_person"),
        ({f"{COMMUNITY}-E999-G01-B001": Answers(account_id=person.pk)}, "place_unknown"),
        ({row.area_code: Answers(organisation_id=1)}, "place_needs_person"),
    ]
    for answers, code in bad:
        with pytest.raises(InvalidInput, match=code):
            commands.cover_places(actor=SYSTEM, now=now, kind="building", answers=answers)
    with pytest.raises(NotPermitted):
        commands.cover_places(
            actor=make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY), now=now, kind="building",
            answers={row.area_code: Answers(account_id=person.pk)},
        )  # fmt: skip


def test_organisations_answer_for_sites_and_clusters_know_their_floors(now: datetime) -> None:
    make_areas()
    unit = make_organisation(now)
    site = commands.add_site(
        actor=SYSTEM, now=now, area_code=COMMUNITY, name="体育馆隔离点", site_type="isolation_site"
    )
    [row] = buildings(1)
    cluster = commands.add_cluster(actor=SYSTEM, now=now, building=row, name="三楼", floor_from=3, floor_to=3)

    commands.cover_places(
        actor=SYSTEM, now=now, kind="site", answers={site.area_code: Answers(organisation_id=unit.pk)}
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="site_needs_organisation"):
        commands.cover_places(
            actor=SYSTEM, now=now, kind="site", answers={site.area_code: Answers(account_id=worker().pk)}
        )  # fmt: skip

    assert (cluster.area_code, cluster.households) == (f"{row.area_code}-C01", 3)
    assert (site.area_code, queries.coverage.figures(actor=SYSTEM)[3].gaps) == (f"{COMMUNITY}-S001", 0)


@pytest.mark.parametrize("role", list(Role))
def test_visible_coverage_agrees_with_can_see(role: Role, now: datetime) -> None:
    for community in (COMMUNITY, OTHER_COMMUNITY):
        [row] = buildings(1, community=community)
        answers = {row.area_code: Answers(account_id=worker(community).pk)}
        commands.cover_places(actor=SYSTEM, now=now, kind="building", answers=answers)
    everything = list(ResponsibilityCoverage.objects.all())
    actor = make_actor(role, COMMUNITY)

    with acting(actor):
        visible = set(policy.visible_coverage(actor))

    assert visible == {row for row in everything if policy.can_see_coverage(actor, row)}


def test_pages_show_propose_accept_edit_and_undo(now: datetime) -> None:
    rows = buildings(2)
    other = buildings(1, community=OTHER_COMMUNITY)[0]
    account = worker()
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")

    listed = client.get(reverse("organisations:coverage"))
    proposed = client.get(reverse("organisations:wizard"), {"area": COMMUNITY, "kind": "building", "keep": "on"})
    sent: dict[str, Any] = {"kind": "building", "area": COMMUNITY}
    sent |= {f"holder:{row.area_code}": str(account.pk) for row in rows}
    accepted = client.post(reverse("organisations:accept"), sent)
    forged = client.post(
        reverse("organisations:accept"), {"kind": "building", f"holder:{other.area_code}": str(account.pk)}
    )  # fmt: skip
    batch = ResponsibilityCoverage.objects.first()
    mapped = client.get(reverse("organisations:coverage_map"), {"area": COMMUNITY, "kind": "building"}).json()

    assert [row.area_code for row in listed.context["page"].rows] == sorted(row.area_code for row in rows)
    assert all(line["chosen"] == account.pk for line in proposed.context["lines"])
    assert (accepted.status_code, forged.status_code) == (302, 403)
    assert [feature["properties"]["tone"] for feature in mapped["features"]] == ["good", "good"]
    assert batch is not None
    edited = reverse("organisations:answer", args=["building", rows[0].area_code])
    assert client.get(edited).status_code == 200
    assert client.post(edited, {"account": "nobody-here", "alternate": ""}).status_code == 422
    assert client.post(edited, {"account": "", "alternate": ""}).status_code == 302
    assert client.get(reverse("organisations:answer", args=["building", other.area_code])).status_code == 404
    assert ResponsibilityCoverage.objects.filter(ends_at__isnull=True).count() == 1


def test_draft_needs_a_community_and_leaves_absent_people_out(now: datetime) -> None:
    buildings(2)
    people = make_holders(now, make_post(now), 2)
    commands.declare_absence(actor=SYSTEM, now=now, account=people[0], given=AwayInput("sudden"))

    with pytest.raises(InvalidInput, match="community_needed"):
        queries.coverage.draft(actor=SYSTEM, now=now, area_code="990117", kind="building", keep=False)
    draft = queries.coverage.draft(actor=SYSTEM, now=now, area_code=COMMUNITY, kind="building", keep=False)

    assert set(draft.proposed.account_of.values()) == {people[1].pk}


def test_draft_counts_what_people_answer_for_elsewhere(now: datetime) -> None:
    here, elsewhere = buildings(2, households=2)
    people = [worker(), worker()]
    commands.set_standard(actor=SYSTEM, now=now, area_code=COMMUNITY, households_per_holder=2)
    commands.cover_places(
        actor=SYSTEM, now=now, kind="building", answers={elsewhere.area_code: Answers(account_id=people[0].pk)}
    )

    estate = here.area_code.partition("-G")[0]
    draft = queries.coverage.draft(actor=SYSTEM, now=now, area_code=estate, kind="building", keep=False)

    assert draft.proposed.account_of == {here.area_code: people[1].pk}
    assert draft.proposed.overload == 0
