"""Pledges kept, checklists ticked, programmes counted, and work (never people) evaluated."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.scope import acting
from juxing.organisations import commands, jobs, policy, queries
from juxing.organisations.checklists import CHECKLISTS, PROGRAMMES
from juxing.organisations.commands import AwayInput, PledgeInput, PostWords, TrainingInput
from juxing.organisations.enums import PledgeStatus
from juxing.organisations.lifecycle import PLEDGE
from juxing.organisations.models import ChecklistSheet, CommitteeMember, Pledge, StaffMember, WorkObjective
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account, make_actor
from tests.organisations.making import SYSTEM, make_holders, make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
LORRY = PledgeInput("people", "带货车的司机", 3, "人")


def seat(now: datetime) -> CommitteeMember:
    unit = make_organisation(now, name="云间第一小学", kind="resident_unit")
    committee = commands.found_committee(actor=SYSTEM, now=now, area_code=COMMUNITY, name="湖滨社区大党委")
    liaison = make_account(Role.ORGANISATION_MANAGER, COMMUNITY)
    return commands.join_committee(actor=SYSTEM, now=now, committee=committee, organisation=unit, liaison=liaison)


def test_pledge_is_made_by_its_liaison_called_on_and_kept(now: datetime) -> None:
    member = seat(now)
    assert member.liaison is not None
    liaison = actor_of(member.liaison, now=now)
    other = make_actor(Role.ORGANISATION_MANAGER, COMMUNITY)
    with pytest.raises(NotPermitted):
        commands.offer_pledge(actor=other, now=now, member=member, given=LORRY)
    pledge = commands.offer_pledge(actor=liaison, now=now, member=member, given=LORRY)
    with pytest.raises(InvalidInput, match="pledge_not_called"):
        commands.deliver_pledge(actor=SYSTEM, now=now, pledge=pledge, quantity=1)
    PLEDGE.move(pledge, "accept", actor=SYSTEM, now=now)
    commands.call_pledge(actor=SYSTEM, now=now, pledge=pledge, called_for="搬运物资", due_at=now + timedelta(hours=3))
    commands.deliver_pledge(actor=SYSTEM, now=now, pledge=pledge, quantity=2)
    with pytest.raises(InvalidInput, match="quantity_bad"):
        commands.deliver_pledge(actor=SYSTEM, now=now, pledge=pledge, quantity=2)
    kept = commands.deliver_pledge(actor=SYSTEM, now=now, pledge=pledge, quantity=1)

    assert (kept.status, kept.delivered) == (PledgeStatus.FULFILLED, 3)
    [sums] = queries.committees.pledge_sums(actor=SYSTEM, area_code=COMMUNITY, today=now.date())
    assert (sums["pledges"], sums["called"], sums["came"]) == (1, 1, 3)


def test_pledge_walks_only_its_table(now: datetime) -> None:
    member = seat(now)
    assert member.liaison is not None
    actors: dict[str, Actor] = {
        "desk": make_actor(Role.COMMUNITY_WORKER, COMMUNITY), "liaison": actor_of(member.liaison, now=now),
        "responder": make_actor(Role.RESPONDER, COMMUNITY),
        "elsewhere": make_actor(Role.COMMUNITY_WORKER, OTHER_COMMUNITY),
    }  # fmt: skip
    may = {"desk": {"accept", "call", "fulfil", "release", "withdraw"}, "liaison": {"withdraw"}, "responder": set(),
           "elsewhere": set()}  # fmt: skip
    for state, (who, actor) in product(PledgeStatus.values, actors.items()):
        pledge = Pledge(member=member, area_code=COMMUNITY, status=state)
        offered = {step.name for step in PLEDGE.offered(actor, pledge)}
        assert offered == {step.name for step in PLEDGE.transitions if state in step.source} & may[who]


def test_unit_that_leaves_takes_what_nobody_called_on_with_it(now: datetime) -> None:
    member = seat(now)
    pledge = commands.offer_pledge(actor=SYSTEM, now=now, member=member, given=LORRY)

    commands.leave_committee(actor=SYSTEM, now=now, member=member)

    pledge.refresh_from_db()
    member.refresh_from_db()
    assert pledge.status == PledgeStatus.WITHDRAWN
    with pytest.raises(InvalidInput, match="unit_left"):
        commands.offer_pledge(actor=SYSTEM, now=now, member=member, given=LORRY)


@pytest.mark.parametrize(
    ("given", "code"),
    [(PledgeInput("money", "x", 1), "kind_unknown"), (PledgeInput("goods", "x", 0), "quantity_bad"),
     (PledgeInput("goods", " ", 1), "name_bad"),
     (PledgeInput("goods", "x", 1, valid_until=date(2020, 1, 1)), "pledge_over")],
)  # fmt: skip
def test_impossible_pledges_are_refused(given: PledgeInput, code: str, now: datetime) -> None:
    with pytest.raises(InvalidInput, match=code):
        commands.offer_pledge(actor=SYSTEM, now=now, member=seat(now), given=given)


def test_one_committee_at_a_street_or_community(now: datetime) -> None:
    seat(now)

    for place, code in (
        (COMMUNITY, "committee_known"),
        (COMMUNITY[:6], "committee_level"),
        ("990117009", "area_unknown"),
    ):
        with pytest.raises(InvalidInput, match=code):
            commands.found_committee(actor=SYSTEM, now=now, area_code=place, name="大党委")


def test_seven_duties_are_opened_ticked_and_reminded_of_once(now: datetime) -> None:
    post = commands.add_post(
        actor=SYSTEM, now=now, organisation=make_organisation(now), title="第二书记",
        words=PostWords(checklist="seven_duties"),
    )  # fmt: skip
    first, second = make_holders(now, post, 2)
    jobs.keep_duties(int(now.timestamp()))
    jobs.keep_duties(int(now.timestamp()))
    sheet = ChecklistSheet.objects.get(account=first)
    assert (sheet.items, len(CHECKLISTS["seven_duties"].items)) == (7, 7)

    commands.tick(actor=actor_of(first, now=now), now=now, sheet=sheet, item="report_to_secretary", note="已见面")
    with pytest.raises(NotPermitted):
        commands.tick(actor=actor_of(second, now=now), now=now, sheet=sheet, item="give_tasks")
    with pytest.raises(InvalidInput, match="kind_unknown"):
        commands.tick(actor=actor_of(first, now=now), now=now, sheet=sheet, item="obey")
    commands.declare_absence(actor=SYSTEM, now=now, account=first, given=AwayInput("sudden"))
    later = now + timedelta(days=11)
    jobs.keep_duties(int(later.timestamp()))
    jobs.keep_duties(int(later.timestamp()))

    assert ChecklistSheet.objects.get(account=first).ticked == 1
    assert ChecklistSheet.objects.filter(account=second).count() == 1, "who fills the post has its duties"
    assert JournalEntry.objects.filter(action="organisations.checklist.remind").count() == 2
    with acting(actor_of(second, now=now)) as actor:
        assert [row.account for row in policy.visible_sheets(actor).filter(account=second)] == [second]


def test_programme_counts_work_and_nothing_else(now: datetime) -> None:
    make_organisation(now)
    programme = commands.begin_programme(
        actor=SYSTEM, now=now, area_code=COMMUNITY, template="five_hundreds", name="五百", starts_on=now.date(),
        ends_on=now.date() + timedelta(days=90), targets={"visit_doors": 10, "warm_hearts": 0},
    )  # fmt: skip
    worker = make_actor(Role.GRID_WORKER, COMMUNITY)
    for count in (4, 16):
        commands.count_work(actor=worker, now=now, programme=programme, item="visit_doors", on=now.date(), count=count)

    targets = {item.code: target for item, target in queries.duties.targets_of(programme)}
    assert list(targets) == ["visit_doors", "know_families", "handle_affairs", "solve_difficulties"]
    assert targets["visit_doors"].done == 20
    assert queries.duties.percent(list(targets.values())) == 100 * 10 // 310
    for item, on, count, code in (
        ("visit_doors", now.date() + timedelta(days=1), 1, "day_outside"), ("visit_doors", now.date(), 0, "count_bad"),
        ("warm_hearts", now.date(), 1, "kind_unknown"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=code):
            commands.count_work(actor=worker, now=now, programme=programme, item=item, on=on, count=count)
    commands.close_programme(actor=SYSTEM, now=now, programme=programme)
    programme.refresh_from_db()
    with pytest.raises(InvalidInput, match="programme_closed"):
        commands.count_work(actor=worker, now=now, programme=programme, item="visit_doors", on=now.date(), count=1)
    assert {"five_hundreds", "one_two_five"} <= set(PROGRAMMES)


def test_staff_is_graded_trained_and_its_work_evaluated_from_two_sides(now: datetime) -> None:
    organisation = make_organisation(now)
    account = make_account(Role.COMMUNITY_WORKER, COMMUNITY)
    keeper = make_actor(Role.COMMUNITY_SECRETARY, COMMUNITY)
    member = commands.enter_staff(
        actor=keeper, now=now, organisation=organisation, account=account, line="worker", grade=3
    )
    commands.enter_staff(actor=keeper, now=now, organisation=organisation, account=account, line="specialist", grade=4)
    training = TrainingInput("急救与AED使用", Decimal(4), now.date(), now.date() + timedelta(days=365))
    for _twice in range(2):
        commands.record_training(actor=keeper, now=now, member=member, given=training)
    objective = commands.agree_objective(actor=keeper, now=now, member=member, year=2026, work="走访两轮")
    for side in ("organisation", "residents"):
        commands.evaluate_work(
            actor=keeper, now=now, objective=objective, side=side, result="partly_met", evidence="走访一轮半"
        )
    with pytest.raises(NotPermitted):
        commands.object_to_evaluation(actor=keeper, now=now, objective=objective, objection="x")
    commands.object_to_evaluation(
        actor=actor_of(account, now=now), now=now, objective=objective, objection="第二轮在十二月"
    )
    commands.answer_objection(actor=keeper, now=now, objective=objective, answer="年底再评")

    [shown] = queries.staff.objectives_of(member)
    assert len(vars(shown)["sides"]) == 2
    assert (shown.objection, shown.objection_answer) == ("第二轮在十二月", "年底再评")
    assert StaffMember.objects.get().grade == 4
    assert len(queries.staff.trainings_of(member)) == 1


def test_nobody_evaluates_the_own_work_and_words_are_about_work(now: datetime) -> None:
    keeper_account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    keeper = actor_of(keeper_account, now=now)
    member = commands.enter_staff(
        actor=keeper, now=now, organisation=make_organisation(now), account=keeper_account, line="secretary", grade=10
    )
    objective = commands.agree_objective(actor=keeper, now=now, member=member, year=2026, work="开好联席会议")

    with pytest.raises(NotPermitted):
        commands.evaluate_work(
            actor=keeper, now=now, objective=objective, side="residents", result="met", evidence="开了六次"
        )
    with pytest.raises(InvalidInput, match="name_bad"):
        commands.evaluate_work(actor=SYSTEM, now=now, objective=objective, side="residents", result="met", evidence=" ")
    with pytest.raises(InvalidInput, match="grade_bad"):
        commands.enter_staff(
            actor=SYSTEM, now=now, organisation=member.organisation, account=keeper_account, line="worker", grade=19
        )
    columns = {field.name for model in (StaffMember, WorkObjective) for field in model._meta.get_fields()}
    assert not columns & {"character", "attitude", "personality", "rank", "score", "remarks"}


@pytest.mark.parametrize("role", list(Role))
def test_visible_staff_and_pledges_agree_with_the_rights(role: Role, now: datetime) -> None:
    organisation = make_organisation(now)
    account = make_account(role, COMMUNITY)
    for each in (account, make_account(Role.COMMUNITY_WORKER, COMMUNITY)):
        commands.enter_staff(actor=SYSTEM, now=now, organisation=organisation, account=each, line="worker", grade=1)
    commands.offer_pledge(actor=SYSTEM, now=now, member=seat(now), given=LORRY)
    actor = actor_of(account, now=now)
    everybody = list(StaffMember.objects.all())

    with acting(actor):
        assert set(policy.visible_staff(actor)) == {row for row in everybody if policy.can_see_staff(actor, row)}
        assert policy.visible_pledges(actor).exists() == (role in policy.SEE.roles)


def test_post_checklists_are_those_of_the_data(now: datetime) -> None:
    with pytest.raises(InvalidInput, match="kind_unknown"):
        commands.change_post(actor=SYSTEM, now=now, post=make_post(now), words=PostWords(checklist="spy_on_neighbours"))
    with pytest.raises(InvalidInput, match="kind_unknown"):
        commands.change_post(
            actor=SYSTEM, now=now, post=make_post(now, make_organisation(now, name="另一个")),
            words=PostWords(carries_role=Role.SECURITY_AUDITOR),
        )  # fmt: skip
