"""People are removed from needs and chains when the time is up, and not before."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from juxing.kernel.models import JournalEntry
from juxing.needs.commands import LineInput, confirm_need
from juxing.needs.commands.chains import paste_chain
from juxing.needs.commands.forgetting import KEPT_FOR, forget_chains, forget_needs
from juxing.needs.enums import NeedStatus
from juxing.needs.models import Feedback, Need, OrderChain, OrderChainLine
from tests.factories import COMMUNITY, make_areas, make_item
from tests.needs.makers import NOW, PROCESS, make_need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
LATER = NOW + KEPT_FOR + timedelta(days=3000)
"""Later than a year after the journal's own clock, which is the machine's."""


def _ended_need() -> Need:
    line = LineInput(written="两袋米，王家", item_id=make_item().pk, quantity=Decimal(2))
    need = make_need(lines=(line,), details="门口有狗", contact_phone="12800000001", contact_name="王秀英")
    Need.objects.filter(pk=need.pk).update(status=NeedStatus.FULFILLED)
    return confirm_need(actor=PROCESS, now=NOW, need=need, score=4, comment="谢谢小何")


def test_an_ended_need_keeps_what_happened_and_nobody_in_it() -> None:
    need = _ended_need()

    assert forget_needs(actor=PROCESS, now=LATER) == 1
    assert forget_needs(actor=PROCESS, now=LATER) == 0

    need.refresh_from_db()
    assert (need.household_id, need.resident_id, need.details, need.contact_name) == (None, None, "", "")
    assert (need.contact_phone, need.contact_phone_index, need.link_digest, need.triage) == ("", "", "", {})
    assert (need.area_code, need.status, need.need_type) == (COMMUNITY, NeedStatus.CONFIRMED, "fresh_food")
    line = need.lines.get()
    assert (line.written, line.quantity, line.area_code) == ("", 2, COMMUNITY)
    assert Feedback.objects.values_list("score", "comment").get() == (4, "")
    entry = JournalEntry.objects.get(action="needs.need.forget")
    assert (entry.area_code, entry.changes) == (COMMUNITY, {})


def test_nothing_is_forgotten_before_its_time_or_while_it_goes_on() -> None:
    ended, open_need = _ended_need(), make_need()

    assert forget_needs(actor=PROCESS, now=NOW + timedelta(days=364)) == 0
    assert forget_needs(actor=PROCESS, now=LATER) == 1

    open_need.refresh_from_db()
    ended.refresh_from_db()
    assert open_need.household_id is not None
    assert ended.household_id is None


def test_any_number_takes_as_many_queries() -> None:
    counts = []
    for size in (3, 9):
        for _each in range(size):
            _ended_need()
        with CaptureQueriesContext(connection) as queries:
            assert forget_needs(actor=PROCESS, now=LATER) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_old_chains_go_and_young_ones_stay() -> None:
    make_areas()
    old = paste_chain(actor=PROCESS, now=NOW, area_code=COMMUNITY, text="1. 5-301 王 米2袋")
    young = paste_chain(actor=PROCESS, now=NOW + timedelta(days=300), area_code=COMMUNITY, text="1. 5-302 李 面1袋")

    assert forget_chains(now=NOW + KEPT_FOR + timedelta(days=1)) == 1

    assert list(OrderChain.objects.values_list("pk", flat=True)) == [young.pk]
    assert not OrderChainLine.objects.filter(chain_id=old.pk).exists()
