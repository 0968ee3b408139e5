"""The open formula: circumstances raise, waiting raises up to urgent, nothing else is asked."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from juxing.needs import triage
from juxing.needs.enums import NeedType, Priority
from juxing.needs.requirements import DUE_WITHIN, REQUIREMENTS
from juxing.needs.triage import Circumstances
from juxing.people.enums import CareCategory, Mobility

circumstances = st.builds(
    Circumstances,
    need_type=st.sampled_from(NeedType.values),
    care=st.frozensets(st.sampled_from(CareCategory.values)),
    age=st.none() | st.integers(0, 110),
    mobility=st.sampled_from(Mobility.values),
    is_urgent=st.booleans(),
    is_danger_to_life=st.booleans(),
    reopened_count=st.integers(0, 5),
    waiting_hours=st.floats(0, 500),
)


def test_every_kind_of_need_has_a_base_and_requirements() -> None:
    assert set(triage.BASE) == set(NeedType.values) == set(REQUIREMENTS)
    assert set(triage.CARE) == set(CareCategory.values)
    assert set(DUE_WITHIN) == set(Priority.values)


def test_triage_knows_circumstances_and_nothing_of_worth() -> None:
    assert {one.name for one in fields(Circumstances)} == {
        "need_type", "care", "age", "mobility", "is_urgent", "is_danger_to_life", "reopened_count", "waiting_hours",
    }  # fmt: skip


@given(circumstances)
def test_score_is_the_sum_of_the_terms_shown(known: Circumstances) -> None:
    judged = triage.triage(known)

    assert judged.score == sum(judged.terms.values())
    assert len(triage.explained(judged.as_json())) == len(judged.terms)


@given(circumstances, st.floats(0, 100))
def test_waiting_never_lowers_and_never_makes_life_critical(known: Circumstances, more: float) -> None:
    from dataclasses import replace

    longer = triage.triage(replace(known, waiting_hours=known.waiting_hours + more))
    fresh = triage.triage(replace(known, waiting_hours=0))

    assert longer.score >= triage.triage(known).score
    assert (longer.priority == Priority.LIFE_CRITICAL) == (fresh.priority == Priority.LIFE_CRITICAL)


@given(circumstances)
def test_danger_to_life_is_always_life_critical(known: Circumstances) -> None:
    from dataclasses import replace

    assert triage.triage(replace(known, is_danger_to_life=True)).priority == Priority.LIFE_CRITICAL


def test_medicine_for_a_life_sustaining_treatment_is_life_critical() -> None:
    known = Circumstances(NeedType.MEDICINE, care=frozenset({CareCategory.LIFE_SUSTAINING_TREATMENT}))

    assert triage.triage(known).priority == Priority.LIFE_CRITICAL


def test_an_ordinary_need_becomes_urgent_by_waiting_a_day() -> None:
    assert triage.triage(Circumstances(NeedType.STAPLE_FOOD)).priority == Priority.NORMAL
    assert triage.triage(Circumstances(NeedType.STAPLE_FOOD, waiting_hours=24)).priority == Priority.URGENT
