"""Who works in a post: one acting holder or a visible vacancy at every moment, whatever is declared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible
from juxing.kernel.scope import acting
from juxing.organisations import commands, jobs, queries
from juxing.organisations.commands import AwayInput
from juxing.organisations.models import Absence, Backfill, Post, PostHolding, PresenceCheck
from juxing.organisations.standing_in import HeldPlace, acting_order, find_ring
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account
from tests.organisations.making import SYSTEM, make_holders, make_organisation, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HOUR = timedelta(hours=1)


def acting_by_rule(post: Post, moment: datetime) -> int | None:
    """Return the holding that works by the plain rule, read from what is declared."""
    places = [
        HeldPlace(
            row.pk, row.slot, row.rank, row.starts_at, row.ends_at,
            [(away.starts_at, away.ends_at) for away in row.absences.all()],
        )
        for row in PostHolding.objects.filter(post=post).prefetch_related("absences")
    ]  # fmt: skip
    order = acting_order(places, moment=moment)
    return order[0] if order else None


def acting_as_written(post: Post, moment: datetime) -> int | None:
    """Return the holding that works by what is written down: the stand-in, else A."""
    step = Backfill.objects.filter(post=post, ends_at__isnull=True).first()
    if step is not None:
        return step.holding_id
    return PostHolding.objects.get(post=post, slot="primary", ends_at__isnull=True).pk


step = st.tuples(st.sampled_from(["away", "plan", "back", "relieve", "hold", "ask", "here", "wait"]), st.integers(0, 3))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=14))
def test_post_has_one_acting_holder_or_a_visible_vacancy_at_every_moment(
    steps: list[tuple[str, int]], now: datetime
) -> None:
    with transaction.atomic():
        post = make_post(now, make_organisation(now, name=f"组织{len(steps)}"))
        people = make_holders(now, post, 4)
        moment = now
        for what, number in steps:
            moment += timedelta(minutes=20)
            take_step(what, people[number], number, post, moment)
            jobs.keep_posts(int(moment.timestamp()))
            assert_one_acting(post, people, moment)
        transaction.set_rollback(True)


def take_step(what: str, account: Any, number: int, post: Post, moment: datetime) -> None:
    slot, rank = ("primary", 1) if number == 0 else ("alternate", number)
    held = PostHolding.objects.filter(post=post, account=account, ends_at__isnull=True).first()
    try:
        if what == "away":
            commands.declare_absence(actor=SYSTEM, now=moment, account=account, given=AwayInput("sudden"))
        elif what == "plan":
            ahead = AwayInput("planned", moment + HOUR, moment + 2 * HOUR)
            commands.declare_absence(actor=SYSTEM, now=moment, account=account, given=ahead)
        elif what == "back":
            commands.declare_return(actor=SYSTEM, now=moment, account=account)
        elif what == "relieve":
            commands.relieve_post(actor=SYSTEM, now=moment, post=post, slot=slot, rank=rank)
        elif what == "hold":
            commands.hold_post(actor=SYSTEM, now=moment, post=post, account=account, slot=slot, rank=rank)
        elif what == "ask" and held is not None:
            commands.ask_presence(actor=SYSTEM, now=moment, holdings=[held])
        elif what == "here":
            commands.answer_presence(actor=actor_of(account, now=moment), now=moment)
    except (InvalidInput, NotPermitted):
        return  # a refusal leaves everything as it was, which is what is looked at next


def assert_one_acting(post: Post, people: list[Any], moment: datetime) -> None:
    ruled = acting_by_rule(post, moment)
    line = queries.posts.post_line(actor=SYSTEM, post=post, now=moment)
    figures = queries.posts.board_figures(actor=SYSTEM, area_code=COMMUNITY)
    assert (line.acting.holding.pk if line.acting else None) == ruled
    assert acting_as_written(post, moment) == ruled
    assert figures.vacant == (0 if ruled else 1)
    stands = [account for account in people if actor_of(account, now=moment).acting_for]
    works = PostHolding.objects.filter(pk=ruled or 0).first()
    is_stood_in = works is not None and works.slot == "alternate"
    assert [account.pk for account in stands] == ([works.account_id] if works is not None and is_stood_in else [])


def test_b_steps_in_with_the_note_acts_for_a_and_a_returns(now: datetime) -> None:
    post = make_post(now, role=Role.COMMUNITY_SECRETARY)
    first = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY, sign_in_name="a")
    second = make_account(Role.GRID_WORKER, COMMUNITY, sign_in_name="b")
    commands.hold_post(actor=SYSTEM, now=now, post=post, account=first, slot="primary")
    commands.hold_post(actor=SYSTEM, now=now, post=post, account=second, slot="alternate")

    commands.declare_absence(
        actor=actor_of(first, now=now), now=now, account=first, given=AwayInput("sudden", handover_note="钥匙在门卫")
    )
    stand_in = actor_of(second, now=now + HOUR)
    with acting(stand_in):
        committee = queries.organisation(actor=stand_in, uuid=post.organisation.uuid)
        made = commands.add_post(actor=stand_in, now=now + HOUR, organisation=committee, title="登记员")
        own = queries.posts.own_posts(actor=stand_in, now=now + HOUR)
        commands.read_note(actor=stand_in, now=now + HOUR, backfill=own.unread[0])

    assert own.unread[0].handover_note == "钥匙在门卫"
    assert JournalEntry.objects.get(subject_uuid=made.uuid, action="organisations.post.add").acting_for == "a · 仓管员"
    commands.declare_return(actor=actor_of(first, now=now + HOUR), now=now + 2 * HOUR, account=first)
    assert actor_of(second, now=now + 2 * HOUR).acting_for == ()
    assert [grant.role for grant in actor_of(second, now=now + 2 * HOUR).grants] == [Role.GRID_WORKER]
    told = JournalEntry.objects.filter(subject_uuid=post.uuid).order_by("id").values_list("action", flat=True)
    assert [action.rpartition(".")[2] for action in told] == [
        "add", "vacant", "hold", "return", "hold", "away", "step_in", "tell", "back", "return",
    ]  # fmt: skip


def test_role_of_the_post_ends_with_the_absent_holders_role(now: datetime) -> None:
    post = make_post(now, role=Role.COMMUNITY_SECRETARY)
    first, second = make_holders(now, post, 2)  # community workers both: A has no secretary's role to give on
    commands.declare_absence(actor=SYSTEM, now=now, account=first, given=AwayInput("sudden"))

    actor = actor_of(second, now=now)

    assert [stand.post for stand in actor.acting_for] == [post.title]
    assert {grant.role for grant in actor.grants} == {Role.COMMUNITY_WORKER}


def test_nobody_gives_on_more_than_they_have(now: datetime) -> None:
    post = make_post(now, role=Role.COMMUNITY_SECRETARY)
    secretary = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    clerk = make_account(Role.COMMUNITY_WORKER, COMMUNITY)
    commands.hold_post(actor=SYSTEM, now=now, post=post, account=secretary, slot="primary")

    with pytest.raises(InvalidInput, match="role_beyond"):
        commands.hold_post(actor=actor_of(clerk, now=now), now=now, post=post, account=clerk, slot="alternate")
    with pytest.raises(InvalidInput, match="role_beyond"):
        commands.add_post(
            actor=actor_of(clerk, now=now), now=now, organisation=post.organisation, title="影子书记",
            words=commands.PostWords(carries_role=Role.COMMUNITY_SECRETARY),
        )  # fmt: skip
    commands.hold_post(actor=actor_of(secretary, now=now), now=now, post=post, account=clerk, slot="alternate")

    street = actor_of(make_account(Role.STREET_OPERATOR, COMMUNITY[:9]), now=now)
    grid_worker = make_account(Role.GRID_WORKER, COMMUNITY)
    commands.hold_post(actor=street, now=now, post=post, account=grid_worker, slot="alternate")
    assert PostHolding.objects.filter(post=post, ends_at__isnull=True).count() == 2


def test_planned_absence_hands_over_and_back_by_the_clock(now: datetime) -> None:
    post = make_post(now)
    first, second = make_holders(now, post, 2)
    planned = AwayInput("planned", now + HOUR, now + 3 * HOUR)
    commands.declare_absence(actor=SYSTEM, now=now, account=first, given=planned)

    acting_at = {}
    for hours in (0, 1, 2, 3):
        moment = now + hours * HOUR
        jobs.keep_posts(int(moment.timestamp()))
        line = queries.posts.post_line(actor=SYSTEM, post=post, now=moment)
        acting_at[hours] = line.acting.holding.account_id if line.acting else None

    assert acting_at == {0: first.pk, 1: second.pk, 2: second.pk, 3: first.pk}
    assert list(Backfill.objects.filter(holding__isnull=False).values_list("starts_at", "ends_at")) == [
        (now + HOUR, now + 3 * HOUR)
    ]


def test_no_sign_of_life_lets_the_next_step_in_and_one_brings_a_back(now: datetime) -> None:
    post = make_post(now)
    first, _second = make_holders(now, post, 2)
    holding = PostHolding.objects.get(account=first)
    commands.ask_presence(actor=SYSTEM, now=now, holdings=[holding], minutes=10)
    commands.ask_presence(actor=SYSTEM, now=now, holdings=[holding], minutes=10)

    jobs.keep_posts(int((now + timedelta(minutes=11)).timestamp()))
    lost = Absence.objects.get()
    commands.answer_presence(actor=actor_of(first, now=now), now=now + HOUR)

    assert PresenceCheck.objects.count() == 1
    assert (lost.kind, lost.starts_at) == ("unreachable", now + timedelta(minutes=11))
    assert queries.posts.post_line(actor=SYSTEM, post=post, now=now + HOUR).is_stood_in is False


def test_impossible_absences_are_refused(now: datetime) -> None:
    first, _second = make_holders(now, make_post(now), 2)
    stranger = actor_of(make_account(Role.COMMUNITY_WORKER, OTHER_COMMUNITY), now=now)
    for bad, code in (
        (AwayInput("holiday"), "kind_unknown"), (AwayInput("planned", now + HOUR, now + HOUR), "away_ends_early"),
        (AwayInput("planned", now + timedelta(days=500)), "away_too_far"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=code):
            commands.declare_absence(actor=SYSTEM, now=now, account=first, given=bad)
    with pytest.raises(NotPermitted):
        commands.declare_absence(actor=stranger, now=now, account=first, given=AwayInput("sudden"))
    commands.declare_absence(
        actor=SYSTEM, now=now, account=first, given=AwayInput("planned", now + HOUR, now + 2 * HOUR)
    )
    with pytest.raises(InvalidInput, match="away_already"):
        commands.declare_absence(actor=SYSTEM, now=now, account=first, given=AwayInput("sudden"))


def test_post_given_twice_is_refused_by_the_database_itself(now: datetime) -> None:
    post = make_post(now)
    first, second = make_holders(now, post, 2)
    other = make_account(Role.COMMUNITY_WORKER, COMMUNITY)

    for account, slot, rank in ((other, "primary", 1), (first, "alternate", 2), (second, "alternate", 3)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PostHolding.objects.create(
                post=post, area_code=post.area_code, account=account, slot=slot, rank=rank, starts_at=now
            )
    Backfill.objects.create(post=post, area_code=post.area_code, starts_at=now + HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Backfill.objects.create(post=post, area_code=post.area_code, starts_at=now + 2 * HOUR)


def test_holder_outside_and_rings_are_refused(now: datetime) -> None:
    organisation = make_organisation(now)
    posts = [make_post(now, organisation, title) for title in ("甲岗", "乙岗", "丙岗")]
    people = [make_account(Role.COMMUNITY_WORKER, COMMUNITY) for _each in posts]
    outside = make_account(Role.COMMUNITY_WORKER, OTHER_COMMUNITY)
    with pytest.raises(InvalidInput, match="holder_outside"):
        commands.hold_post(actor=SYSTEM, now=now, post=posts[0], account=outside, slot="primary")
    for number, post in enumerate(posts):
        commands.hold_post(actor=SYSTEM, now=now, post=post, account=people[number], slot="primary")
    for number in (0, 1):
        commands.hold_post(actor=SYSTEM, now=now, post=posts[number], account=people[number + 1], slot="alternate")

    with pytest.raises(InvalidInput, match="stand_in_ring"):
        commands.hold_post(actor=SYSTEM, now=now, post=posts[2], account=people[0], slot="alternate")
    fourth = make_account(Role.COMMUNITY_WORKER, COMMUNITY)
    commands.hold_post(actor=SYSTEM, now=now, post=posts[2], account=fourth, slot="alternate", rank=2)
    commands.hold_post(actor=SYSTEM, now=now, post=posts[2], account=people[0], slot="alternate", rank=1)

    assert PostHolding.objects.filter(post=posts[2], slot="alternate").count() == 2


@given(edges=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_ring_is_found_exactly_when_there_is_one(edges: list[tuple[int, int]]) -> None:
    after: dict[int, list[int]] = {}
    for start, end in edges:
        after.setdefault(start, []).append(end)

    ring = find_ring(after)

    reach = {node: set(after.get(node, [])) for node in range(7)}
    for _each in range(7):
        reach = {node: ends | {far for end in ends for far in reach[end]} for node, ends in reach.items()}
    assert bool(ring) == any(node in ends for node, ends in reach.items())
    assert all(ring[(place + 1) % len(ring)] in after[node] or node in after[ring[(place + 1) % len(ring)]]
               for place, node in enumerate(ring))  # fmt: skip


def test_closed_post_expects_nobody(now: datetime) -> None:
    post = make_post(now)
    make_holders(now, post, 2)

    commands.close_post(actor=SYSTEM, now=now + HOUR, post=post)

    assert not PostHolding.objects.filter(post=post, ends_at__isnull=True).exists()
    assert not Backfill.objects.filter(post=post, ends_at__isnull=True).exists()
    with pytest.raises(InvalidInput, match="post_closed"):
        commands.hold_post(
            actor=SYSTEM, now=now, post=post, account=make_account("grid_worker", COMMUNITY), slot="primary"
        )


def test_board_asks_as_much_for_many_posts_as_for_few(now: datetime) -> None:
    organisation = make_organisation(now)
    counts = []
    for titles in (["一岗"], ["二岗", "三岗", "四岗"]):
        for title in titles:
            make_holders(now, make_post(now, organisation, title), 3)
        with CaptureQueriesContext(connection) as asked:
            page = queries.posts.board(actor=SYSTEM, now=now, area_code=COMMUNITY)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert [len(vars(post)["line"].holders) for post in page.rows] == [3, 3, 3, 3]


def test_posts_of_other_places_do_not_exist(now: datetime) -> None:
    post = make_post(now)
    first, _second = make_holders(now, post, 2)
    held = PostHolding.objects.get(account=first).uuid
    stranger = actor_of(make_account(Role.COMMUNITY_WORKER, OTHER_COMMUNITY), now=now)

    with acting(stranger):
        assert list(queries.posts.board(actor=stranger, now=now).rows) == []
        with pytest.raises(NotVisible):
            queries.posts.post_for(actor=stranger, uuid=post.uuid)
        with pytest.raises(NotVisible):
            queries.posts.holding_for(actor=stranger, uuid=held)
        assert queries.posts.board_figures(actor=stranger).posts == 0
