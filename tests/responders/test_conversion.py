"""The step by which a plan calls people: preview, doing it, doing it again, answers, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from juxing.kernel.actors import Actor
from juxing.kernel.conversion import ConversionOrder, Edits, steps
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import Refusal
from juxing.plans.content import PeopleWanted
from juxing.responders import conversion as step
from juxing.responders.commands import answer_muster, withdraw_responder
from juxing.responders.enums import ReportInStatus
from juxing.responders.models import Availability, Muster, Responder
from juxing.responders.mustering import plan_musters
from tests.factories import (
    COMMUNITY,
    LONGITUDE,
    OTHER_COMMUNITY,
    OTHER_STREET_COMMUNITY,
    STREET,
    make_areas,
    make_responder,
    show_everything,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SYSTEM = Actor.system("test")
DEGREE_M = 95_300
"""Metres of a degree east, at the latitude of the tests."""
ANY = {"code": "any", "title": "志愿者", "title_en": "Volunteers", "per": "community", "count": 2}
MEDICAL = {"code": "medical", "title": "医护", "title_en": "Medical staff", "skill": "medical", "per": "community",
           "count": 1}  # fmt: skip


def order(now: datetime, *rows: dict[str, Any], **values: Any) -> ConversionOrder:
    make_areas()
    given: dict[str, Any] = {
        "activation_uuid": uuid4(), "activation_id": 7, "street": STREET, "area_codes": (COMMUNITY,),
        "level": "level_2", "ends_at": now + timedelta(days=7), "now": now, "actor": SYSTEM,
        "wanted": {"people": list(rows) or [ANY]}, **values,
    }  # fmt: skip
    return ConversionOrder(**given)


def someone(metres: int, **values: Any) -> Responder:
    return make_responder(longitude=LONGITUDE + metres / DEGREE_M / 1.3, **values)


def called(**values: Any) -> set[int]:
    return set(Muster.objects.filter(status__in=["called", "coming", "here"], **values).values_list(
        "responder_id", flat=True))  # fmt: skip


def test_the_step_is_registered_for_its_part_of_a_plan() -> None:
    assert steps["responders.musters"].parts == {"people"}


def test_preview_names_how_many_how_far_and_who_could_fill_what_is_short_and_writes_nothing(now: datetime) -> None:
    someone(100)
    someone(400)
    make_responder(OTHER_COMMUNITY)
    make_responder(OTHER_STREET_COMMUNITY, skills=["medical"])

    found = step.preview(order(now, ANY, MEDICAL))

    [change], [short] = found.changes, found.shortages
    assert (change.key, change.area_code, change.count) == (f"any:{COMMUNITY}", COMMUNITY, 2)
    assert change.facts["farthest_m"] == pytest.approx(400, abs=5)
    assert (short.key, short.wanted, short.found) == (f"medical:{COMMUNITY}", 1, 0)
    assert short.fillers == ((OTHER_STREET_COMMUNITY[:9], 1),)
    assert str(change.facts["farthest_m"]) in str(step.describe(change.kind, change.facts))
    assert not Muster.objects.exists()


def test_nearest_are_called_with_the_reason_and_the_journal_says_so(now: datetime) -> None:
    far, near, nearer = someone(900), someone(200), someone(100)

    assert step.convert(order(now)) == {"mustered": 2, "prolonged": 0, "released": 0}

    assert called() == {near.pk, nearer.pk}
    row = Muster.objects.get(responder=near)
    assert (row.activation_id, row.code, row.area_code, row.ends_at) == (7, "any", COMMUNITY, now + timedelta(days=7))
    assert row.way_m == pytest.approx(200, abs=3)
    assert row.next_m == pytest.approx(900, abs=10)
    assert JournalEntry.objects.filter(action="responders.muster.call").count() == 2
    assert far.pk not in called()


def test_rare_skill_is_not_used_up_where_anybody_would_do(now: datetime) -> None:
    doctor, other, third = someone(10, skills=["medical"]), someone(500), someone(800)

    step.convert(order(now, ANY, MEDICAL))

    assert Muster.objects.get(responder=doctor).code == "medical"
    assert called(code="any") == {other.pk, third.pk}


def test_only_who_can_be_asked_is_called(now: datetime) -> None:
    hour = timedelta(hours=1)
    someone(1, status=ReportInStatus.SUBMITTED)
    someone(1, status=ReportInStatus.INACTIVE)
    someone(1, is_available=False)
    someone(700, reach_m=500)
    make_responder(OTHER_COMMUNITY)
    later, today = someone(1), someone(300)
    Availability.objects.create(responder=later, area_code=COMMUNITY, starts_at=now + hour, ends_at=now + 2 * hour)
    Availability.objects.create(responder=today, area_code=COMMUNITY, starts_at=now - hour, ends_at=now + hour)

    step.convert(order(now))

    assert called() == {today.pk}


def test_asked_again_it_calls_nobody_twice_moves_the_end_and_releases_whom_the_plan_lets_go(now: datetime) -> None:
    someone(100)
    someone(200)
    first = order(now)
    step.convert(first)

    assert step.convert(first) == {"mustered": 0, "prolonged": 0, "released": 0}
    later = replace(first, ends_at=now + timedelta(days=9))
    assert step.convert(later) == {"mustered": 0, "prolonged": 2, "released": 0}
    fewer = replace(later, edits=Edits(quantities={f"any:{COMMUNITY}": 1}))
    assert step.convert(fewer)["released"] == 1
    assert step.convert(replace(later, edits=Edits(frozenset({f"any:{COMMUNITY}"}))))["released"] == 1
    assert called() == set()


def test_people_of_a_grid_are_spread_over_its_spots_and_not_piled_on_one(now: datetime) -> None:
    from juxing.places.enums import AreaLevel
    from juxing.places.models import Area

    make_areas()
    grids = [f"{COMMUNITY}-G0{number}" for number in (1, 2)]
    for number, code in enumerate(grids):
        Area.objects.create(code=code, name=code, level=AreaLevel.GRID, parent_code=COMMUNITY, source="local",
                            longitude=LONGITUDE + number * 0.01, latitude=31.03)  # fmt: skip
    people = [someone(0), someone(10), someone(1200), someone(1210)]

    step.convert(order(now, {**ANY, "per": "grid", "count": 2}))

    placed = dict(Muster.objects.values_list("responder_id", "area_code"))
    assert [placed[person.pk] for person in people] == [grids[0], grids[0], grids[1], grids[1]]
    three = step.preview(order(now, {**ANY, "per": "grid", "count": 2}, activation_id=8,
                               edits=Edits(quantities={f"any:{COMMUNITY}": 3})))  # fmt: skip
    assert [short.wanted for short in three.shortages] == [3]


def test_nobody_is_counted_on_by_two_responses_until_the_first_has_ended(now: datetime) -> None:
    one = someone(100)
    step.convert(order(now))

    assert step.convert(order(now, activation_id=8))["mustered"] == 0
    over = now + timedelta(days=8)
    assert step.convert(order(over, activation_id=8))["mustered"] == 1
    assert dict(Muster.objects.values_list("activation_id", "status")) == {7: "released", 8: "called"}
    assert one.pk in called()


def test_who_cannot_is_not_asked_again_the_next_is_and_nothing_else_follows(now: datetime) -> None:
    near, far = someone(100), someone(900)
    single = order(now, {**ANY, "count": 1})
    step.convert(single)

    answer_muster(actor=Actor.resident(), now=now, muster=Muster.objects.get(responder=near), step="decline")
    step.convert(single)

    assert called() == {far.pk}
    before = Responder.objects.filter(pk=near.pk).values().get()
    step.revert(single)
    assert Responder.objects.filter(pk=near.pk).values().get() == before
    assert step.convert(order(now, {**ANY, "count": 1}, activation_id=9))["mustered"] == 1
    assert called(activation_id=9) == {near.pk}


def test_stand_down_releases_everybody_and_says_who_is_still_here(now: datetime) -> None:
    someone(100)
    someone(200)
    given = order(now)
    step.convert(given)
    answer_muster(actor=SYSTEM, now=now, muster=Muster.objects.order_by("id")[0], step="arrive")

    [item] = step.open_items(given)
    assert (item.count, item.area_code) == (1, STREET)
    assert step.describe(item.kind, item.facts)
    assert step.revert(replace(given, activation_id=8))["released"] == 0
    assert step.revert(given) == {"released": 2}
    assert step.revert(given) == {"released": 0}
    assert list(step.open_items(given)) == []
    assert not Muster.objects.filter(released_at__isnull=True).exists()


def test_who_holds_a_post_of_the_response_is_not_called_besides(now: datetime) -> None:
    from juxing.organisations import conversion as posts
    from juxing.organisations.enums import OrganisationType
    from juxing.organisations.models import Organisation
    from tests.factories import make_account

    make_areas()
    Organisation.objects.create(
        area_code=COMMUNITY, name="居委会", organisation_type=OrganisationType.RESIDENTS_COMMITTEE
    )
    holder, spare = make_account("responder", COMMUNITY), someone(900)
    busy = someone(1, account=holder)
    wanted = {"posts": [{"code": "gate", "title": "门岗", "per": "community", "count": 1,
                         "holder_roles": ["responder"]}], "people": [{**ANY, "count": 1}]}  # fmt: skip
    given = order(now, wanted=wanted)

    before = step.preview(given)
    posts.convert_posts(given)
    step.convert(given)

    assert before.changes[0].facts["farthest_m"] == pytest.approx(900, abs=10)
    assert called() == {spare.pk}
    assert busy.pk not in called()


def test_leaving_takes_the_calls_along(now: datetime) -> None:
    one = someone(100)
    step.convert(order(now))

    withdraw_responder(actor=Actor.resident(), now=now, responder=one)

    assert not Muster.objects.exists()


GATE = ANY | {"code": "gate", "title": "门岗", "title_en": "Gate", "count": 1, "task_type": "gate_duty"}


def test_nobody_is_called_past_a_gate_and_who_was_kept_out_is_named_with_why(now: datetime) -> None:
    near, ready = someone(50, has_shown=False), someone(900)
    far, reach = someone(2000, has_shown=False, reach_m=500), someone(60, has_shown=False, reach_m=500)
    wanted = order(now, GATE)

    [group] = plan_musters(wanted, is_preview=True)
    [change] = step.preview(wanted).changes
    words = str(step.describe(change.kind, change.facts))
    step.convert(wanted)

    assert [one.person for _place, one in group.called] == [ready.pk]
    assert dict(group.kept_out).keys() == {near.pk, reach.pk}, far.pk
    assert {one.kind for one in dict(group.kept_out)[near.pk]} == {"adult", "insurance", "training", "equipment"}
    assert change.facts["kept_out"] == 2
    assert "2" in words
    assert called() == {ready.pk}
    assert Muster.objects.get().task_type == "gate_duty"


def test_place_stays_short_until_the_gate_is_passed_and_a_gate_that_ran_out_stops_at_the_door(now: datetime) -> None:
    near, anybody = someone(50, has_shown=False), someone(70, has_shown=False)
    wanted = order(now, GATE, {**ANY, "count": 1})

    step.convert(wanted)
    [shortage] = step.preview(wanted).shortages
    show_everything(near if anybody.pk in called() else anybody)
    step.convert(wanted)
    gated = Muster.objects.get(code="gate")
    assert shortage.facts["kept_out"] == 1
    assert called() == {near.pk, anybody.pk}

    gated.responder.clearances.filter(kind="insurance").delete()
    for each in ("come", "arrive"):
        with pytest.raises(Refusal, match="gate_not_passed"):
            answer_muster(actor=SYSTEM, now=now, muster=gated, step=each)
    assert answer_muster(actor=SYSTEM, now=now, muster=gated, step="decline").status == "declined"


def test_plan_cannot_name_a_gate_there_is_not() -> None:
    row = {"code": "gate", "title": "门岗", "task_type": "gate_duty"}

    assert PeopleWanted.model_validate(row).task_type == "gate_duty"
    with pytest.raises(ValidationError, match="delivery"):
        PeopleWanted.model_validate(row | {"task_type": "gate_dutty"})
