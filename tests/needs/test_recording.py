"""Recording one need and many: places, people, duplicates, links, limits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.kernel.scope import acting
from juxing.needs.commands import LineInput, NeedInput, record_need, record_needs
from juxing.needs.enums import NeedStatus, NeedType, Priority
from juxing.needs.models import Need
from juxing.needs.queries import need_by_link, possible_duplicates
from juxing.people.enums import CareCategory, Mobility
from juxing.people.models import SpecialCareProfile
from juxing.responders.enums import Skill
from tests.factories import COMMUNITY, OTHER_COMMUNITY, make_actor, make_areas, make_household, make_item, make_resident
from tests.needs.makers import NOW, PROCESS, make_need, need_input

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_a_need_takes_place_care_and_language_from_the_register() -> None:
    resident = make_resident(mobility=Mobility.HOUSEBOUND, languages=["local_dialect"])
    SpecialCareProfile.objects.create(
        area_code=resident.area_code, resident=resident, category=CareCategory.LIFE_SUSTAINING_TREATMENT,
        starts_on=NOW.date(),
    )  # fmt: skip
    given = need_input(resident.household, resident_id=resident.pk, need_type=NeedType.MEDICAL_TRIP)

    need = record_need(actor=PROCESS, now=NOW, given=given).need

    assert (need.status, need.priority) == (NeedStatus.TRIAGED, Priority.LIFE_CRITICAL)
    assert need.area_code == resident.household.area_code
    assert need.longitude == resident.household.building.longitude
    assert need.languages == ["local_dialect"]
    assert need.required_skills == [Skill.DRIVING]
    assert need.triage["terms"]["mobility"] == 60
    assert need.due_at == NOW + timedelta(hours=1)


def test_care_that_has_ended_no_longer_counts() -> None:
    resident = make_resident(birth_year=1990)
    SpecialCareProfile.objects.create(
        area_code=resident.area_code, resident=resident, category=CareCategory.INFANT,
        starts_on=NOW.date() - timedelta(days=9), ends_on=NOW.date(),
    )  # fmt: skip

    assert "care" not in make_need(resident.household).triage["terms"]


def test_details_and_phone_are_sealed_in_the_table(django_assert_num_queries: Any) -> None:
    from django.db import connection

    need = make_need(details="胰岛素用完了", contact_phone="12800001234")
    with connection.cursor() as cursor:
        cursor.execute("SELECT details, contact_phone FROM needs_need WHERE id = %s", [need.pk])
        stored = cursor.fetchone()

    assert "胰岛素" not in stored[0]
    assert "1234" not in stored[1]
    assert Need.objects.get(pk=need.pk).details == "胰岛素用完了"


def test_the_second_request_of_a_household_is_kept_as_a_duplicate() -> None:
    first = make_need()

    second = record_need(actor=PROCESS, now=NOW, given=need_input(first.household))

    assert second.is_duplicate
    assert second.need.duplicate_of_id == first.pk
    assert second.need.status == NeedStatus.SUBMITTED


@pytest.mark.parametrize(
    "values",
    [
        {"need_type": NeedType.WATER},
        {"is_distinct": True},
        {"lines": (LineInput(written="鸡蛋", item_id=-1),)},
    ],
)
def test_another_kind_other_things_or_a_persons_word_make_it_distinct(values: dict[str, Any]) -> None:
    rice, eggs = make_item("rice"), make_item("eggs", name_zh="鸡蛋")
    first = make_need(lines=(LineInput(written="大米", item_id=rice.pk),))
    if "lines" in values:
        values = {"lines": (LineInput(written="鸡蛋", item_id=eggs.pk),)}

    assert not record_need(actor=PROCESS, now=NOW, given=need_input(first.household, **values)).is_duplicate


def test_medicine_is_never_taken_for_a_duplicate_but_shown_as_possible() -> None:
    first = make_need(need_type=NeedType.MEDICINE)
    again = need_input(first.household, need_type=NeedType.MEDICINE)

    assert possible_duplicates(PROCESS, again, now=NOW) == [first]
    assert not record_need(actor=PROCESS, now=NOW, given=again).is_duplicate


def test_an_ended_or_old_need_is_no_duplicate() -> None:
    ended = make_need(status=NeedStatus.CONFIRMED)
    old = make_need(now=NOW - timedelta(days=8))

    for first in (ended, old):
        assert not record_need(actor=PROCESS, now=NOW, given=need_input(first.household)).is_duplicate


def test_a_written_place_and_a_phone_recognise_a_household_without_a_door() -> None:
    make_areas()
    one = record_need(actor=PROCESS, now=NOW, given=need_input(place_text="5号楼 无号"))
    same_place = record_need(actor=PROCESS, now=NOW, given=need_input(place_text="5号楼 无号"))
    phoned = record_need(actor=PROCESS, now=NOW, given=need_input(contact_phone="128 0000 0001"))
    same_phone = record_need(actor=PROCESS, now=NOW, given=need_input(contact_phone="12800000001"))

    assert same_place.need.duplicate_of_id == one.need.pk
    assert same_phone.need.duplicate_of_id == phoned.need.pk
    assert one.need.longitude is not None


def test_the_link_opens_the_need_until_it_ends() -> None:
    recorded = record_need(actor=PROCESS, now=NOW, given=need_input(make_household()))

    assert need_by_link(recorded.link_token, now=NOW) == recorded.need
    assert need_by_link(recorded.link_token, now=NOW + timedelta(days=31)) is None
    assert need_by_link(recorded.link_token[:-1], now=NOW) is None
    assert need_by_link("", now=NOW) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"need_type": "gold"}, "need_type"),
        ({"channel": "telepathy"}, "channel"),
        ({"details": "长" * 2001}, "details"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"lines": (LineInput(written="米", quantity=Decimal(-1)),)}, "lines"),
        ({"lines": (LineInput(written="米", quantity=Decimal("NaN")),)}, "lines"),
        ({"lines": (LineInput(written="米", quantity=Decimal("1e9")),)}, "lines"),
        ({"lines": (LineInput(written="米"),) * 31}, "lines"),
        ({"happened_at": NOW + timedelta(hours=1)}, "happened_at"),
        ({"happened_at": NOW - timedelta(days=40_000)}, "happened_at"),
        ({"household_id": 999_999_999}, "household"),
    ],
)
def test_bad_input_is_refused_at_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_need(actor=PROCESS, now=NOW, given=need_input(make_household(), **values))

    assert refused.value.field == field
    assert Need.objects.count() == 0


def test_what_medicine_is_asked_for_is_sealed_and_on_no_list() -> None:
    line = LineInput(written="胰岛素 2支")

    need = make_need(need_type=NeedType.MEDICINE, lines=(line,), details="放门口")

    assert need.lines.count() == 0
    assert Need.objects.get(pk=need.pk).details == "胰岛素 2支\n放门口"


def test_hostile_text_is_kept_as_text() -> None:
    need = make_need(details="<script>'; DROP TABLE needs_need;--\x00\x07 🍚", contact_name="\x00王")

    assert Need.objects.get(pk=need.pk).details == "<script>'; DROP TABLE needs_need;-- 🍚"


def test_staff_record_only_where_they_serve() -> None:
    home, elsewhere = make_household(COMMUNITY), make_household(OTHER_COMMUNITY)
    worker = make_actor(Role.GRID_WORKER, COMMUNITY)

    with acting(worker):
        assert record_need(actor=worker, now=NOW, given=need_input(home)).need.recorded_by_id == worker.account_id
        with pytest.raises(InvalidInput):
            record_need(actor=worker, now=NOW, given=need_input(elsewhere))
        with pytest.raises(NotPermitted):
            record_need(actor=worker, now=NOW, given=need_input(area_code=OTHER_COMMUNITY))


def _many(count: int) -> list[NeedInput]:
    item = make_item()
    building_homes = [make_household() for _each in range(count)]
    line = LineInput(written="大米", item_id=item.pk, quantity=Decimal(2), unit="袋")
    return [need_input(home, lines=(line,), details="放门口") for home in building_homes]


def test_many_needs_are_what_each_would_be_alone() -> None:
    inputs = _many(25)

    outcome = record_needs(actor=PROCESS, now=NOW, inputs=inputs, is_demo=True)

    assert len(outcome.need_ids) == 25
    one = Need.objects.get(pk=outcome.need_ids[7])
    alone = record_need(actor=PROCESS, now=NOW, given=inputs[7]).need
    same = ("area_code", "priority", "priority_score", "triage", "details", "longitude", "due_at", "fresh_until")
    assert [getattr(one, name) for name in same] == [getattr(alone, name) for name in same]
    assert alone.duplicate_of_id == one.pk
    assert one.lines.get().quantity == Decimal(2)
    assert JournalEntry.objects.filter(subject_uuid=one.uuid).count() == 2


def test_sending_many_twice_adds_nothing() -> None:
    inputs = _many(3)
    first = record_needs(actor=PROCESS, now=NOW, inputs=inputs, skip_duplicates=True)

    second = record_needs(actor=PROCESS, now=NOW, inputs=[*inputs, inputs[0]], skip_duplicates=True)

    assert second.need_ids == {}
    assert [second.duplicates[at] for at in range(4)] == [*first.need_ids.values(), first.need_ids[0]]
    assert Need.objects.count() == 3


def test_bad_ones_among_many_are_told_apart() -> None:
    good, bad = need_input(make_household()), need_input(make_household(), need_type="gold")

    outcome = record_needs(actor=PROCESS, now=NOW, inputs=[bad, good, good])

    assert outcome.refusals[0].code == "need_type_unknown"
    assert outcome.duplicates == {2: outcome.need_ids[1]}


def test_many_take_a_constant_number_of_queries() -> None:
    from django.db import connection

    counts = []
    for size in (2, 8):
        inputs = _many(size)
        with CaptureQueriesContext(connection, ) as queries:  # fmt: skip
            record_needs(actor=PROCESS, now=NOW, inputs=inputs)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_resident_may_ask_for_help_anywhere() -> None:
    home = make_household()

    assert record_need(actor=Actor.resident(), now=NOW, given=need_input(home)).need.recorded_by_id is None
