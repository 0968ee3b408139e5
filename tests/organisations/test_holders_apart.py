"""The database's own rule: at no moment two holders in one place of a post, nor one holder in two places of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juxing.access.models import Account
from juxing.kernel.copying import copy_rows
from juxing.kernel.scope import acting
from juxing.organisations.models import Post, PostHolding
from tests.organisations.making import SYSTEM, make_organisation, make_post

DAY = timedelta(days=1)
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ("area_code", "post", "account", "slot", "rank", "starts_at", "ends_at")
PLACES = [("primary", 1), ("alternate", 1), ("alternate", 2)]
Held = tuple[int, int, tuple[str, int], int, int | None]
"""Post, account, place, first day, last day (exclusive; None: until further notice)."""
HELD = st.tuples(
    st.integers(0, 1), st.integers(0, 1), st.sampled_from(PLACES), st.integers(0, 5),
    st.none() | st.integers(0, 5),
).map(lambda held: (*held[:4], None if held[4] is None else held[3] + held[4]))  # fmt: skip


def make_person() -> Account:
    """Make somebody to hold posts; nobody signs in, so no password is made."""
    name = uuid4().hex
    return Account.objects.create(sign_in_name=name, display_name=name, created_at=BEFORE)


def clash(one: Held, other: Held) -> bool:
    """Whether the rule forbids both."""
    first_end, other_end = (held[4] if held[4] is not None else 99 for held in (one, other))
    at_once = max(one[3], other[3]) < min(first_end, other_end)
    return one[0] == other[0] and (one[1] == other[1] or one[2] == other[2]) and at_once


def rows(held: list[Held], posts: list[Post], people: list[Account], now: datetime) -> list[tuple[Any, ...]]:
    return [
        (posts[post].area_code, posts[post].pk, people[person].pk, *place, now + first * DAY,
         None if last is None else now + last * DAY)
        for post, person, place, first, last in held
    ]  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stand=st.lists(HELD, max_size=4), fresh=st.lists(HELD, min_size=1, max_size=3), moved=HELD)
@pytest.mark.usefixtures("everywhere")
def test_rows_are_refused_exactly_when_two_of_them_clash(
    now: datetime, stand: list[Held], fresh: list[Held], moved: Held
) -> None:
    written: list[Held] = []

    def attempt(more: list[Held]) -> None:
        expected = any(clash(one, other) for at, one in enumerate(more) for other in [*written, *more[:at]])
        try:
            with transaction.atomic():
                copy_rows(PostHolding, COLUMNS, rows(more, posts, people, now))
        except IntegrityError:
            assert expected, (written, more)
        else:
            assert not expected, (written, more)
            written.extend(more)

    with transaction.atomic():
        owner = make_organisation(now)
        posts = [make_post(now, owner, title) for title in ("A", "B")]
        people = [make_person(), make_person()]
        for one in stand:
            attempt([one])
        attempt(fresh)
        if written:
            last = PostHolding.objects.latest("pk")
            _area, post, person, slot, rank, start, end = rows([moved], posts, people, now)[0]
            expected = any(clash(moved, other) for other in written[:-1])
            try:
                with transaction.atomic():
                    PostHolding.objects.filter(pk=last.pk).update(
                        post=post, account=person, slot=slot, rank=rank, starts_at=start, ends_at=end
                    )
            except IntegrityError:
                assert expected, (written, moved)
            else:
                assert not expected, (written, moved)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_one_waits_and_is_refused(now: datetime) -> None:
    with acting(SYSTEM):
        post = make_post(now)
        people = [make_person() for _each in range(4)]
    ready = Barrier(len(people))

    def hold(person: Account) -> str:
        try:
            with acting(SYSTEM):
                ready.wait(timeout=30)
                copy_rows(PostHolding, COLUMNS[:-1], [(post.area_code, post.pk, person.pk, "primary", 1, now)])
        except IntegrityError as error:
            return "organisations_slot_once" if "holds this place" in str(error) else str(error)
        else:
            return "held"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        outcomes = sorted(pool.map(hold, people))

    assert outcomes == ["held", *["organisations_slot_once"] * (len(people) - 1)]


@pytest.mark.django_db(transaction=True)
def test_who_sees_only_what_stood_when_it_began_writes_no_holders(now: datetime) -> None:
    with acting(SYSTEM):
        post, person = make_post(now), make_person()

    with pytest.raises(DatabaseError, match="see what others commit"), acting(SYSTEM, at_one_moment=True):
        copy_rows(PostHolding, COLUMNS[:-1], [(post.area_code, post.pk, person.pk, "primary", 1, now)])
