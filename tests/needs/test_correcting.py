"""Correcting a need while it waits: what follows from it, two at once, and what the journal keeps."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.areas import EVERYWHERE
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.scope import acting
from juxing.needs import commands
from juxing.needs.commands import ChangedMeanwhile, Correction, LineInput, correct_need
from juxing.needs.corrections import mark_of
from juxing.needs.enums import WAITING, NeedStatus, NeedType, Priority
from juxing.needs.models import Need
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor, make_item
from tests.needs.makers import NOW, PROCESS, make_need

pytestmark = pytest.mark.django_db


def _mark(need: Need) -> str:
    return mark_of(need, list(need.lines.order_by("id")))


def _correct(need: Need, *, actor: Actor = PROCESS, seen: str | None = None, now: Any = NOW, **values: Any) -> Need:
    given = Correction(**{"need_type": need.need_type, **values})
    return correct_need(actor=actor, now=now, need=need, given=given, seen=_mark(need) if seen is None else seen)


@pytest.mark.usefixtures("everywhere")
def test_priority_skills_times_and_things_follow_from_the_correction() -> None:
    item = make_item()
    need = make_need(lines=(LineInput(written="米", item_id=item.pk, quantity=Decimal(2)),))

    corrected = _correct(
        need, need_type=NeedType.WATER, is_urgent=True, lines=(LineInput(written="水", quantity=Decimal(3)),)
    )

    assert (corrected.need_type, corrected.priority) == (NeedType.WATER, Priority.URGENT)
    assert corrected.due_at is not None
    assert need.due_at is not None
    assert corrected.due_at < need.due_at
    assert [(line.written, line.quantity) for line in need.lines.all()] == [("水", 3)]
    entry = JournalEntry.objects.get(action="needs.need.correct")
    assert set(entry.changes["fields"]) == {"need_type", "priority", "is_urgent", "due_at", "things"}
    assert entry.changes["before"]["things"] == [[item.pk, "2"]]
    assert entry.changes["after"]["things"] == [[None, "3"]]
    assert "水" not in str(entry.changes)
    assert "米" not in str(entry.changes)


@pytest.mark.usefixtures("everywhere")
def test_sealed_words_are_added_to_or_replaced_and_never_journalled() -> None:
    need = make_need(details="门口有狗")

    assert _correct(need, details="三楼").details == "门口有狗\n三楼"
    need.refresh_from_db()
    assert _correct(need, details="五楼", replaces_details=True).details == "五楼"
    need.refresh_from_db()
    medicine = _correct(need, need_type=NeedType.MEDICINE, lines=(LineInput(written="胰岛素"),))
    assert medicine.details == "五楼\n胰岛素"
    assert not medicine.lines.exists()
    kept = str(list(JournalEntry.objects.filter(subject_uuid=need.uuid).values_list("changes", flat=True)))
    assert not any(word in kept for word in ("狗", "楼", "胰岛素"))
    need.refresh_from_db()
    with pytest.raises(InvalidInput):
        _correct(need, details="很" * 1999)


@pytest.mark.usefixtures("everywhere")
def test_who_looked_before_someone_elses_change_is_refused() -> None:
    need = make_need()
    seen = _mark(need)
    _correct(need, is_urgent=True)

    with pytest.raises(ChangedMeanwhile):
        _correct(need, need_type=NeedType.WATER, seen=seen)

    need.refresh_from_db()
    assert need.need_type == NeedType.FRESH_FOOD
    assert _correct(need, need_type=NeedType.WATER).need_type == NeedType.WATER


@pytest.mark.usefixtures("everywhere")
def test_waiting_alone_is_no_change_and_a_time_by_hand_stays() -> None:
    need = make_need()
    seen = _mark(need)
    commands.retriage_waiting(now=NOW + timedelta(hours=5), areas=EVERYWHERE)
    need.refresh_from_db()
    assert _mark(need) == seen

    agreed = NOW + timedelta(hours=30)
    _correct(need, due_at=agreed, now=NOW + timedelta(hours=5))
    commands.retriage_waiting(now=NOW + timedelta(hours=26), areas=EVERYWHERE)

    need.refresh_from_db()
    assert need.due_at == agreed
    assert _correct(need, is_danger_to_life=True).due_at == agreed
    for bad in (NOW - timedelta(days=1), NOW + timedelta(days=400)):
        need.refresh_from_db()
        with pytest.raises(InvalidInput):
            _correct(need, due_at=bad)


@pytest.mark.usefixtures("everywhere")
def test_saving_what_is_there_already_changes_and_journals_nothing() -> None:
    item = make_item()
    lines = (LineInput(written="米", item_id=item.pk, quantity=Decimal(2), unit="袋"),)
    need = make_need(lines=lines, is_urgent=True)
    before = [line.pk for line in need.lines.all()]

    _correct(need, lines=lines, is_urgent=True)

    assert [line.pk for line in need.lines.all()] == before
    assert not JournalEntry.objects.filter(action="needs.need.correct").exists()


@pytest.mark.usefixtures("everywhere")
def test_a_reopened_need_keeps_what_it_gained() -> None:
    need = make_need(status=NeedStatus.FULFILLED)
    reopened = commands.reopen_need(actor=PROCESS, now=NOW, need=need, what_was_wrong="少了")

    corrected = _correct(reopened, is_urgent=True)

    assert corrected.triage["terms"]["reopened"] == reopened.triage["terms"]["reopened"]


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("status", sorted(set(NeedStatus.values) - WAITING))
def test_only_what_waits_is_corrected(status: str) -> None:
    need = make_need(status=status)

    with pytest.raises(WrongState):
        _correct(need, is_urgent=True)


def test_corrections_are_for_those_who_record_there() -> None:
    with acting(PROCESS):
        need, foreign = make_need(), make_need()
        Need.objects.filter(pk=foreign.pk).update(area_code=OTHER_COMMUNITY)
    worker, storekeeper = make_actor(Role.GRID_WORKER, COMMUNITY), make_actor(Role.STOREKEEPER, COMMUNITY)
    with acting(PROCESS):
        assert _correct(need, actor=worker, is_urgent=True).priority_score > need.priority_score
        need.refresh_from_db()
        with pytest.raises(NotPermitted):
            _correct(need, actor=storekeeper, is_urgent=False)
        with pytest.raises(NotPermitted):
            _correct(Need.objects.get(pk=foreign.pk), actor=worker, is_urgent=True)


@pytest.fixture
def desk() -> Client:
    """A community worker who reads English."""
    client = Client(headers={"accept-language": "en"})
    account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _filled(page: str) -> dict[str, str]:
    """Return a shown form as a browser would send it."""
    fields = dict(re.findall(r'<input[^>]*name="(item_\d+|seen|due_at)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="(seen)"', page))
    kind = re.search(r'name="need_type" value="(\w+)" required checked', page)
    words = re.search(r'<textarea name="other_things"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    assert kind is not None
    assert words is not None
    return {**fields, "need_type": kind[1], "other_things": html.unescape(words[1])}


def test_the_desk_corrects_and_two_at_once_see_both(desk: Client) -> None:
    with acting(PROCESS):
        item = make_item()
        rice = LineInput(written=item.name_zh, item_id=item.pk, quantity=Decimal(2), unit=item.unit)
        need = make_need(lines=(rice, LineInput(written="灯泡 一个")), now=clock.now())
    address = f"/needs/{need.uuid}/correct/"
    assert address in desk.get(f"/needs/{need.uuid}/").content.decode()
    form = _filled(desk.get(address).content.decode())
    assert (form[f"item_{item.pk}"], form["other_things"]) == ("2", "灯泡 一个")

    saved = desk.post(address, {**form, "is_urgent": "on", f"item_{item.pk}": "5", "need_type": "staple_food"})
    late = desk.post(address, {**form, "other_things": "灯泡 三个"})

    assert saved["Location"] == f"/needs/{need.uuid}/"
    assert late.status_code == 409
    shown = late.content.decode()
    assert "× 5" in shown
    assert "灯泡 三个" in shown
    again = desk.post(address, _filled(shown))
    assert again.status_code == 303
    with acting(PROCESS):
        assert sorted(line.written for line in need.lines.all()) == sorted([item.name_zh, "灯泡 三个"])


def test_the_household_changes_its_own_request_by_link() -> None:
    with acting(PROCESS):
        need = make_need(now=clock.now(), details="怕狗")
        token = commands.give_link(actor=Actor.resident(), now=clock.now(), need=need)
    visitor = Client(headers={"accept-language": "en"})
    address = f"/n/{token}/correct/"
    assert address in visitor.get(f"/n/{token}/").content.decode()
    page = visitor.get(address).content.decode()
    assert "怕狗" not in page
    assert "due_at" not in page

    answer = visitor.post(address, {**_filled(page), "other_things": "鸡蛋", "details": "请轻敲门"})

    assert answer["Location"] == f"/n/{token}/"
    with acting(PROCESS):
        need.refresh_from_db()
        assert need.details == "怕狗\n请轻敲门"
        assert [line.written for line in need.lines.all()] == ["鸡蛋"]
        Need.objects.filter(pk=need.pk).update(status=NeedStatus.ASSIGNED)
    assert visitor.get(address)["Location"] == f"/n/{token}/"
    assert visitor.get("/n/wrong/correct/").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"need_type": "gold"}, {"due_at": "1900-01-01T00:00"}, {"due_at": "soon"}, {"seen": ""}]
)
def test_what_cannot_be_taken_is_said(desk: Client, wrong: dict[str, str]) -> None:
    with acting(PROCESS):
        need = make_need(now=clock.now())
    address = f"/needs/{need.uuid}/correct/"
    form = {**_filled(desk.get(address).content.decode()), **wrong}

    assert desk.post(address, form).status_code == 422
