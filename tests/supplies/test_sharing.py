"""Sharing: fair with proof, never more than offered or asked, committed once and only by a signature."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.jobs import JobHandle, job_kinds
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.supplies.assumptions import assumption_for
from juxing.supplies.commands import (
    SharingSettings,
    begin_allocation,
    compute_allocation,
    move_request,
    sign_allocation,
    state_quantity,
)
from juxing.supplies.commands.allocating import ALLOCATION_KIND
from juxing.supplies.enums import AllocationReason, SupplyRequestStatus
from juxing.supplies.models import AllocationLine, AllocationRun, SupplyOffer, SupplyRequest
from juxing.supplies.problems import Claim, Party, build_sharing, solve_sharing
from juxing_engine.allocation import allocation_defects
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor, make_item
from tests.supplies.makers import NOW, PROCESS, make_offer, make_organisation, make_request

database = pytest.mark.django_db
claims = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(1, 500)), min_size=1, max_size=12)


def shared_in(area_code: str = STREET, actor: Actor = PROCESS, **decided: Any) -> AllocationRun:
    return compute_allocation(actor=actor, now=NOW, area_code=area_code, settings=SharingSettings(**decided))


def lines_of(run: AllocationRun) -> list[tuple[int, Decimal, str]]:
    return list(AllocationLine.objects.filter(run=run).order_by("id").values_list("request_id", "quantity", "reason"))


@settings(max_examples=60, deadline=None)
@given(asked=claims, offered=claims, weights=st.lists(st.integers(1, 5), min_size=6, max_size=6))
def test_any_sharing_keeps_within_offers_and_requests_and_passes_the_verifier(
    asked: list[tuple[int, int, int]], offered: list[tuple[int, int, int]], weights: list[int]
) -> None:
    requests = [Claim(number, who, item, quantity) for number, (who, item, quantity) in enumerate(asked)]
    offers = [Claim(number, 100 + who, item, quantity) for number, (who, item, quantity) in enumerate(offered)]
    parties = {who: Party(who, f"42010{who}", weight=weights[who - 1]) for who in range(1, 7)}
    parties |= {100 + who: Party(100 + who, f"3701{who}") for who in range(1, 7)}

    sharing = build_sharing(requests, offers, parties)
    if sharing is None:
        assert not {claim.item_id for claim in requests} & {claim.item_id for claim in offers}
        return
    answer = solve_sharing(sharing)

    given_out, received = Counter[int](), Counter[int]()
    item_of_request = {claim.line_id: claim.item_id for claim in requests}
    item_of_offer = {claim.line_id: claim.item_id for claim in offers}
    for handing in answer.handings:
        assert handing.quantity > 0
        assert item_of_request[handing.request_id] == item_of_offer[handing.offer_id], "no silent substitutes"
        given_out[handing.offer_id] += handing.quantity
        received[handing.request_id] += handing.quantity
    assert all(given_out[claim.line_id] <= claim.quantity for claim in offers)
    assert all(received[claim.line_id] <= claim.quantity for claim in requests)
    assert sum(received.values()) == answer.allocation.boxes == sum(given_out.values())
    assert allocation_defects(sharing.problem, answer.allocation) == []
    assert answer.allocation.is_optimal


@given(st.lists(st.integers(1, 10**6), max_size=9))
def test_assumption_is_the_middle_of_what_is_stated(stated: list[int]) -> None:
    found = assumption_for("protection", map(Decimal, stated))

    assert found.basis == ("median" if len(stated) >= 3 else "class")
    if found.basis == "median":
        assert sorted(stated)[(len(stated) - 1) // 2] == found.quantity


@database
def test_scarce_masks_are_shared_in_proportion_and_nothing_is_committed(everywhere: None) -> None:
    small, large = make_request(100), make_request(300)
    offer = make_offer(100)

    run = shared_in()

    assert [(row, int(got), why) for row, got, why in lines_of(run)] == [
        (small.pk, 25, "fair_share"), (large.pk, 75, "fair_share"),
    ]  # fmt: skip
    proof = run.result["proof"]
    assert (proof["is_verified"], proof["is_optimal"], proof["gap"], proof["given"]) == (True, True, 0.0, 100)
    assert Fraction(proof["lowest_level"]) == Fraction(1, 4)
    offer.refresh_from_db()
    small.refresh_from_db()
    assert (offer.committed_quantity, small.committed_quantity, small.status) == (0, 0, SupplyRequestStatus.REQUESTED)


@database
def test_two_lines_of_one_hospital_count_once_and_are_served_in_order(everywhere: None) -> None:
    hospital = make_organisation()
    first, second = make_request(10, organisation=hospital), make_request(30, organisation=hospital)
    other = make_request(40)
    make_offer(15)
    make_offer(25)

    run = shared_in()

    got = Counter[int]()
    for request_id, quantity, _reason in lines_of(run):
        got[request_id] += int(quantity)
    assert (got[first.pk], got[second.pk], got[other.pk]) == (10, 10, 20)
    assert AllocationLine.objects.filter(run=run).aggregate(Sum("quantity"))["quantity__sum"] == 40


@database
def test_every_request_left_out_says_why(everywhere: None) -> None:
    make_offer(50)
    make_offer(None, item=make_item("goggles"))
    expected = {
        make_request(10).pk: AllocationReason.FULL,
        make_request(10, item=make_item("rice")).pk: AllocationReason.NOTHING_OFFERED,
        make_request(10, item=make_item("goggles")).pk: AllocationReason.OFFER_UNKNOWN,
        make_request(10, item=None).pk: AllocationReason.MEANING_OPEN,
        make_request(10, item=None, is_mapping_confirmed=True).pk: AllocationReason.NOT_IN_CATALOGUE,
        make_request("0.5").pk: AllocationReason.BELOW_ONE,
    }

    run = shared_in()

    assert {request: reason for request, _quantity, reason in lines_of(run)} == expected
    assert run.result["counts"]["offers_unknown"] == 1


@database
def test_unknown_quantities_are_assumed_openly_and_a_person_may_change_them(everywhere: None) -> None:
    unknown = make_request(None)
    for stated in (10, 20, 30):
        make_request(stated)
    make_offer(1000)

    run, decided = shared_in(), shared_in(assumptions={"mask_n95": 7})

    assert run.settings["assumptions"] == {"mask_n95": {"quantity": 20, "basis": "median", "stated": 3}}
    assert decided.settings["assumptions"]["mask_n95"]["basis"] == "person"
    asked = AllocationLine.objects.filter(request=unknown).order_by("run_id").values_list("asked", "is_asked_assumed")
    assert list(asked) == [(Decimal(20), True), (Decimal(7), True)]


@database
def test_heavier_claims_are_covered_more(everywhere: None) -> None:
    light, heavy = make_request(100), make_request(100, area_code=OTHER_STREET_COMMUNITY)
    make_offer(90)

    run = shared_in("990117", weight_area=OTHER_STREET_COMMUNITY, weight=2)

    assert {row: int(got) for row, got, _why in lines_of(run)} == {light.pk: 30, heavy.pk: 60}


@database
@pytest.mark.parametrize("decided", [{"weight": 0}, {"weight": 6}, {"assumptions": {"x": 0}},
                                     {"assumptions": {"x": -5}}, {"assumptions": {"x": 10**9}}])  # fmt: skip
def test_decisions_out_of_range_are_refused(decided: dict[str, Any], everywhere: None) -> None:
    with pytest.raises(InvalidInput):
        shared_in(**decided)


@database
def test_nothing_to_share_is_said(everywhere: None) -> None:
    make_request(10)
    make_offer(None)

    with pytest.raises(Refusal) as refused:
        shared_in()

    assert refused.value.code == "nothing_to_share"


@database
def test_signing_commits_once(everywhere: None) -> None:
    request, offer = make_request(100), make_offer(40)
    run = shared_in()
    actor = make_actor(Role.STREET_COMMANDER, STREET)

    sign_allocation(actor=actor, now=NOW, run=run)
    with pytest.raises(Refusal) as refused:
        sign_allocation(actor=actor, now=NOW, run=run)

    request.refresh_from_db()
    offer.refresh_from_db()
    assert refused.value.code == "signed_before"
    assert (request.status, request.committed_quantity, offer.committed_quantity) == ("committed", 40, 40)
    assert JournalEntry.objects.filter(action="supplies.allocation.sign", actor_account=actor.account_id).count() == 1
    assert JournalEntry.objects.filter(action="supplies.request.commit").count() == 1


@database
def test_second_sharing_of_the_same_goods_is_outdated_whole(everywhere: None) -> None:
    make_request(100)
    offer = make_offer(40)
    first, second = shared_in(), shared_in()
    sign_allocation(actor=PROCESS, now=NOW, run=first)

    with pytest.raises(Refusal) as refused:
        sign_allocation(actor=PROCESS, now=NOW, run=second)

    offer.refresh_from_db()
    assert (refused.value.code, offer.committed_quantity) == ("run_outdated", 40)


@database
@pytest.mark.parametrize("change", ["cancelled", "less", "other_item"])
def test_sharing_is_outdated_when_a_request_changed(change: str, everywhere: None) -> None:
    request = make_request(100)
    make_offer(80)
    run = shared_in()
    if change == "cancelled":
        move_request(actor=PROCESS, now=NOW, request=request, step="cancel", reason="不用了")
    elif change == "less":
        state_quantity(actor=PROCESS, now=NOW, line=request, quantity=Decimal(50))
    else:
        SupplyRequest.objects.update(item=make_item("rice"))

    with pytest.raises(Refusal) as refused:
        sign_allocation(actor=PROCESS, now=NOW, run=run)

    assert refused.value.code == "run_outdated"
    assert SupplyOffer.objects.get().committed_quantity == 0


@database
def test_new_goods_top_up_and_cancelling_gives_back(everywhere: None) -> None:
    request, first = make_request(100), make_offer(40)
    sign_allocation(actor=PROCESS, now=NOW, run=shared_in())
    second = make_offer(100)
    sign_allocation(actor=PROCESS, now=NOW, run=shared_in())
    request.refresh_from_db()
    assert request.committed_quantity == 100

    move_request(actor=PROCESS, now=NOW, request=request, step="cancel", reason="不用了")

    committed = SupplyOffer.objects.filter(pk__in=[first.pk, second.pk]).values_list("committed_quantity", flat=True)
    assert set(committed) == {0}


@database
def test_database_itself_refuses_to_give_an_offer_twice(everywhere: None) -> None:
    offer, unknown = make_offer(10), make_offer(None)

    for row in (offer, unknown):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupplyOffer.objects.filter(pk=row.pk).update(committed_quantity=11)


@database
@pytest.mark.parametrize("role", [Role.STOREKEEPER, Role.COMMUNITY_WORKER, Role.RESPONDER])
def test_only_command_computes_and_signs(role: str, everywhere: None) -> None:
    make_request(10)
    make_offer(10)
    actor, run = make_actor(role, STREET), shared_in()

    with pytest.raises(NotPermitted):
        shared_in(actor=actor)
    with pytest.raises(NotPermitted):
        sign_allocation(actor=actor, now=NOW, run=run)


@database
def test_street_shares_only_its_own_requests_and_offers(everywhere: None) -> None:
    mine = make_request(10)
    make_request(10, area_code=OTHER_STREET_COMMUNITY)
    make_offer(5)
    make_offer(50, area_code=OTHER_STREET_COMMUNITY)
    actor = make_actor(Role.STREET_OPERATOR, STREET)

    with acting(actor):
        run = shared_in(actor=actor)
        assert [(row, int(got)) for row, got, _why in lines_of(run)] == [(mine.pk, 5)]


@database
def test_job_taken_up_again_finds_its_run(everywhere: None) -> None:
    make_request(10)
    make_offer(5)
    actor = make_actor(Role.STREET_OPERATOR, COMMUNITY)
    job = begin_allocation(actor=actor, now=NOW, area_code=COMMUNITY, settings=SharingSettings())

    first = job_kinds[ALLOCATION_KIND].run(JobHandle(job))
    again = job_kinds[ALLOCATION_KIND].run(JobHandle(job))

    assert first == again | {"given": 5}
    assert AllocationRun.objects.get().uuid == job.uuid
