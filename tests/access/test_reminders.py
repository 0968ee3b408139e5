"""Reminders: told once, journalled, true as long as they wait, gone when settled, one's own only."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from juxing.access import jobs, reminding
from juxing.access.models import Account, Reminder
from juxing.access.queries import actor_of
from juxing.access.reminding import Waiting, look_at, own_reminders
from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
THING = UUID(int=7)
SOURCE, KIND = "test.source", "test.kind"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[Waiting]:
    """A source of its own whose answer the test writes, and what was carried to phones."""
    found: list[Waiting] = []
    kinds = {**reminding.kinds._entries, KIND: reminding.ReminderKind(KIND, "%(count)s wait", "bell", _to_me, True)}
    monkeypatch.setattr(reminding.kinds, "_entries", kinds)
    monkeypatch.setattr(reminding.sources, "_entries", {SOURCE: lambda _now, within: _inside(found, within)})
    monkeypatch.setattr(reminding, "urgent", {SOURCE})
    return found


def _to_me(_uuid: UUID, _facts: object) -> str:
    return reverse("access:me")


def _inside(found: list[Waiting], within: str) -> list[Waiting]:
    return [one for one in found if one.area_code.startswith(within)]


def waiting(account: Account, area_code: str = COMMUNITY, count: int = 3, occasion: str = "") -> Waiting:
    return Waiting(KIND, account.pk, area_code, "test.thing", THING, occasion, facts={"count": str(count)})


def test_a_matter_is_told_once_journalled_kept_true_and_settled(now: datetime, waits: list[Waiting]) -> None:
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    waits.append(waiting(account))
    assert look_at(SOURCE, now=now) == reminding.Looked(told=1, settled=0)
    waits[0] = waiting(account, count=2)
    assert look_at(SOURCE, now=now + timedelta(hours=1)) == reminding.Looked(told=0, settled=0)
    [row] = own_reminders(actor_of(account, now=now))
    assert (row.words, row.told_at) == ("2 wait", now)  # type: ignore[attr-defined]
    entry = JournalEntry.objects.get(action="access.reminder.tell")
    assert (entry.subject_uuid, entry.area_code, entry.changes["account"]) == (THING, COMMUNITY, str(account.uuid))

    waits.clear()
    assert look_at(SOURCE, now=now + timedelta(hours=2)).settled == 1
    assert own_reminders(actor_of(account, now=now)) == []
    waits.append(waiting(account))
    assert look_at(SOURCE, now=now + timedelta(hours=3)).told == 1, "what waits again is told again"


def test_a_look_at_one_place_leaves_the_others_as_they_are(now: datetime, waits: list[Waiting]) -> None:
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    waits += [waiting(account), waiting(account, OTHER_COMMUNITY, occasion="there")]
    look_at(SOURCE, now=now)
    waits.clear()
    assert look_at(SOURCE, now=now, within=COMMUNITY).settled == 1
    assert Reminder.objects.get(settled_at__isnull=True).area_code == OTHER_COMMUNITY


def test_who_left_is_told_nothing_and_words_reach_the_phone_of_who_stays(
    now: datetime, waits: list[Waiting], monkeypatch: pytest.MonkeyPatch
) -> None:
    stays, gone = (make_account(Role.COMMUNITY_SECRETARY, COMMUNITY) for _each in range(2))
    Account.objects.filter(pk=gone.pk).update(is_active=False)
    carried: list[tuple[int, str]] = []
    carry = {"test": lambda told: carried.extend((account, str(words)) for account, words in told)}
    monkeypatch.setattr(reminding.carriers, "_entries", carry)
    waits += [waiting(stays), waiting(gone)]
    assert look_at(SOURCE, now=now).told == 1
    assert carried == [(stays.pk, "3 wait")]


def test_own_reminder_is_put_away_by_its_owner_only_and_not_told_again(now: datetime, waits: list[Waiting]) -> None:
    owner, other = (make_account(Role.COMMUNITY_SECRETARY, COMMUNITY) for _each in range(2))
    waits.append(waiting(owner))
    look_at(SOURCE, now=now)
    [row] = own_reminders(actor_of(owner, now=now))
    with pytest.raises(NotVisible):
        reminding.set_aside(actor=actor_of(other, now=now), now=now, uuid=row.uuid)
    reminding.set_aside(actor=actor_of(owner, now=now), now=now, uuid=row.uuid)
    assert (own_reminders(actor_of(owner, now=now)), look_at(SOURCE, now=now).told) == ([], 0)


def test_clock_tells_and_pages_of_beginning_show_it(waits: list[Waiting], client: Client) -> None:
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    waits.append(waiting(account))
    jobs.remind_now(int(timezone.now().timestamp()))
    jobs.remind(int(timezone.now().timestamp()))
    client.force_login(account)
    for name in ("organisations:own_posts", "access:reminders"):
        assert "3 wait" in client.get(reverse(name)).content.decode()
    assert "3 wait" not in client.get(reverse("organisations:board")).content.decode()
    [row] = Reminder.objects.all()
    assert client.post(reverse("access:set_reminder_aside", args=[row.uuid])).status_code == 302
    assert "3 wait" not in client.get(reverse("access:reminders")).content.decode()


def test_every_kind_says_itself_with_the_facts_its_source_gives() -> None:
    facts = dict.fromkeys(
        ("title", "at", "venue", "why", "due", "words", "owner", "subject", "unit", "what", "until", "place", "count",
         "area", "checklist", "post", "left", "course"), "x",
    )  # fmt: skip
    for _code, kind in reminding.kinds:
        assert "x" in reminding.said(kind, facts)
        assert kind.address(THING, facts).startswith("/")


def test_settled_reminders_are_forgotten_after_a_quarter(now: datetime, waits: list[Waiting]) -> None:
    account = make_account(Role.COMMUNITY_SECRETARY, COMMUNITY)
    waits.append(waiting(account))
    look_at(SOURCE, now=now)
    waits.clear()
    look_at(SOURCE, now=now)
    assert reminding.forget_reminders(now=now + timedelta(days=89)) == 0
    assert reminding.forget_reminders(now=now + timedelta(days=91)) == 1
