"""What written words mean: sure by itself, asked of a person, settled for all lines with the same words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from juxing.access.roles import Role
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import change_meaning, confirm_meaning, state_quantity
from juxing.supplies.meanings import candidates_for, meaning_of
from juxing.supplies.models import SupplyItem, SupplyOffer, SupplyRequest
from juxing.supplies.queries.meanings import meaning_queue, open_texts
from tests.factories import COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_actor
from tests.supplies.makers import NOW, PROCESS, make_mask, make_offer, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.mark.parametrize(
    ("written", "specification", "code"),
    [
        ("医用防护口罩 | N95口罩", "GB 19083-2010", "mask_n95"),
        ("医用外科口罩", "YY0469-2011", "mask_surgical"),
        ("普通医用口罩", "YY/T 0969-2013", "mask_medical"),
        ("防护服", "GB19083-2010", None),
        ("测体温设备", "", None),
        ("口罩、防护服", "", None),
        ("外星人飞船", "", None),
    ],
)
def test_only_sure_words_are_settled_without_a_person(written: str, specification: str, code: str | None) -> None:
    load_seed()
    ids = dict(SupplyItem.objects.values_list("code", "id"))

    assert meaning_of(written, specification, item_ids=ids).item_id == (ids[code] if code else None)


def test_candidates_say_why_they_are_thought_of() -> None:
    load_seed()
    items = {item.code: item for item in SupplyItem.objects.all()}

    found = candidates_for("防护服", "GB19083-2010", items=items)

    assert [one.item.code for one in found] == ["coverall", "mask_n95"]
    assert all(str(one.reason) and 0 < one.percent <= 100 for one in found)


def test_answer_settles_every_line_with_the_same_words_in_the_actors_places() -> None:
    for place in (COMMUNITY, OTHER_COMMUNITY, OTHER_STREET_COMMUNITY):
        make_request(area_code=place, item=None, written_item="那种口罩")
    make_offer(item=None, written_item="那种口罩")
    make_request(item=None, written_item="那种口罩", specification="别的规格")
    actor, mask = make_actor(Role.STREET_OPERATOR, STREET), make_mask()

    with acting(actor):
        count = confirm_meaning(actor=actor, now=NOW, written_item="那种口罩", specification="", item=mask)

    assert count == 3
    assert SupplyRequest.objects.filter(item=mask, is_mapping_confirmed=True).count() == 2
    assert SupplyOffer.objects.get().item_id == mask.pk
    entries = JournalEntry.objects.filter(action="supplies.line.confirm_meaning", actor_account=actor.account_id)
    assert entries.count() == 3


def test_none_of_these_leaves_the_queue_without_an_item() -> None:
    request = make_request(item=None, written_item="外星人飞船")
    assert [text.written_item for text in open_texts(actor=PROCESS)] == ["外星人飞船"]

    confirm_meaning(actor=PROCESS, now=NOW, written_item="外星人飞船", specification="", item=None)

    request.refresh_from_db()
    assert (request.item, request.is_mapping_confirmed, open_texts(actor=PROCESS)) == (None, True, [])


def test_settled_words_are_not_settled_again_by_a_late_answer() -> None:
    make_request(item=None, written_item="那种口罩")
    confirm_meaning(actor=PROCESS, now=NOW, written_item="那种口罩", specification="", item=None)

    assert confirm_meaning(actor=PROCESS, now=NOW, written_item="那种口罩", specification="", item=make_mask()) == 0


def test_queue_counts_texts_and_lines_most_frequent_first() -> None:
    for _number in range(3):
        make_request(item=None, written_item="测体温设备")
    make_offer(item=None, written_item="防护服", specification="GB19083-2010")

    queue = meaning_queue(actor=PROCESS)

    assert (queue.texts, queue.lines) == (2, 4)
    assert [entry.text.lines for entry in queue.shown] == [3, 1]


def test_queue_of_another_place_is_empty() -> None:
    make_request(area_code=OTHER_STREET_COMMUNITY, item=None, written_item="那种口罩")
    actor = make_actor(Role.COMMUNITY_WORKER, COMMUNITY)

    with acting(actor):
        assert meaning_queue(actor=actor).texts == 0
        assert confirm_meaning(actor=actor, now=NOW, written_item="那种口罩", specification="", item=None) == 0


def test_who_may_not_record_settles_nothing() -> None:
    with pytest.raises(NotPermitted):
        confirm_meaning(
            actor=make_actor(Role.RESPONDER, STREET), now=NOW, written_item="x", specification="", item=None
        )


def test_meaning_stays_once_goods_are_committed() -> None:
    request = make_request(committed_quantity=Decimal(5))

    with pytest.raises(Refusal) as refused:
        change_meaning(actor=PROCESS, now=NOW, line=request, item=None)

    assert refused.value.code == "line_committed"


def test_stated_quantity_is_journalled_and_not_below_what_is_committed() -> None:
    offer = make_offer(quantity=None)

    stated = state_quantity(actor=PROCESS, now=NOW, line=offer, quantity=Decimal(700), reason="电话问过")
    SupplyOffer.objects.filter(pk=offer.pk).update(committed_quantity=600)
    with pytest.raises(InvalidInput):
        state_quantity(actor=PROCESS, now=NOW, line=offer, quantity=Decimal(599))

    assert stated.quantity == 700
    assert JournalEntry.objects.get(action="supplies.line.state_quantity").changes == {"from": None, "to": "700.000"}
