"""Who brings a response into force; refused: changed previews, replaced plans, low ranks, people who sign twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from juxing.access.roles import Role
from juxing.activations import commands
from juxing.activations.enums import ActivationStatus
from juxing.activations.models import Activation
from juxing.activations.previews import edits_of
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.plans import commands as plans
from tests.activations.makers import OTHER_STREET, make_decision, make_district, make_draft, make_person, start
from tests.factories import COMMUNITY, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def test_preview_names_changes_and_shortages_with_who_could_fill_them(now: datetime) -> None:
    place = make_district(now, responders=2)

    draft = make_draft(place, now, areas=[COMMUNITY])

    steps = {step["step"]: step for street in draft.preview["streets"] for step in street["steps"]}
    posts = steps["organisations.posts"]
    assert posts["changes"][0]["count"] == 12
    short = posts["shortages"][0]
    assert short["wanted"] == 24
    assert short["found"] < 24
    assert short["fillers"], "the other community of the street has people"
    assert len(steps["organisations.bodies"]["changes"]) == 9


def test_editing_changes_the_digest_and_ends_signatures(now: datetime) -> None:
    place = make_district(now)
    operator, commander = place.actor(place.operator, now), place.actor(place.commander, now)
    draft = make_draft(place, now, level="level_2")
    commands.submit(actor=operator, now=now, activation=draft)
    commands.approve(actor=commander, now=now, activation=draft, digest=draft.digest)
    commands.take_back(actor=operator, now=now, activation=draft)

    key = f"command_post:{COMMUNITY}"
    edited = commands.edit_preview(
        actor=operator, now=now, activation=draft, step="organisations.bodies", left_out=[key]
    )
    commands.submit(actor=operator, now=now, activation=edited)

    assert edited.digest != draft.digest
    assert edited.decided_by is None
    assert not edits_of(edited, "organisations.bodies").keeps(key)
    with pytest.raises(Refusal, match="preview_changed"):
        commands.approve(actor=commander, now=now, activation=draft, digest=draft.digest)


def test_unknown_lines_cannot_be_struck(now: datetime) -> None:
    place = make_district(now)
    draft = make_draft(place, now)

    with pytest.raises(InvalidInput, match="line_unknown"):
        commands.edit_preview(
            actor=place.actor(place.operator, now), now=now, activation=draft, step="organisations.bodies",
            left_out=["nothing:here"],
        )  # fmt: skip


def test_replaced_plan_cannot_be_signed(now: datetime) -> None:
    place = make_district(now)
    commander = place.actor(place.commander, now)
    draft = make_draft(place, now)
    commands.submit(actor=place.actor(place.operator, now), now=now, activation=draft)
    newer = plans.begin_version(actor=commander, now=now, plan=place.version.plan)
    plans.approve_version(actor=commander, now=now, version=newer, undrilled_reason="urgent")

    with pytest.raises(Refusal, match="plan_replaced"):
        commands.approve(actor=commander, now=now, activation=draft, digest=draft.digest)


def test_old_preview_cannot_be_signed(now: datetime) -> None:
    place = make_district(now)
    draft = make_draft(place, now)
    commands.submit(actor=place.actor(place.operator, now), now=now, activation=draft)
    later = now + timedelta(hours=13)

    with pytest.raises(Refusal, match="preview_old"):
        commands.approve(actor=place.actor(place.commander, later), now=later, activation=draft, digest=draft.digest)


def test_level_ii_needs_two_different_people(now: datetime) -> None:
    place = make_district(now)
    commander = place.actor(place.commander, now)
    draft = make_draft(place, now, level="level_2")
    commands.submit(actor=place.actor(place.operator, now), now=now, activation=draft)

    once = commands.approve(actor=commander, now=now, activation=draft, digest=draft.digest)
    assert once.status == ActivationStatus.PENDING_APPROVAL
    with pytest.raises(Refusal, match="same_approver"):
        commands.approve(actor=commander, now=now, activation=draft, digest=draft.digest)
    second = place.actor(place.second, now)
    twice = commands.approve(actor=second, now=now, activation=draft, digest=draft.digest)

    assert twice.status == ActivationStatus.ACTIVE
    assert twice.decided_by != twice.second_by


@pytest.mark.parametrize(
    ("role", "area", "level", "may"),
    [
        (Role.STREET_COMMANDER, STREET, "level_4", True),
        (Role.STREET_COMMANDER, STREET, "level_3", True),
        (Role.STREET_COMMANDER, STREET, "level_2", False),
        (Role.STREET_COMMANDER, OTHER_STREET, "level_4", False),
        (Role.STREET_OPERATOR, STREET, "level_4", False),
        (Role.COMMUNITY_SECRETARY, COMMUNITY, "level_4", False),
        (Role.SYSTEM_ADMIN, "", "level_4", False),
    ],
)
def test_rank_decides_who_signs_first(role: str, area: str, level: str, may: bool, now: datetime) -> None:
    place = make_district(now)
    draft = make_draft(place, now, level=level, ends_at=now + timedelta(days=5))
    commands.submit(actor=place.actor(place.operator, now), now=now, activation=draft)
    actor = place.actor(make_person(role, area, "signer"), now)

    if may:
        signed = commands.approve(actor=actor, now=now, activation=draft, digest=draft.digest)
        assert signed.decided_by_id == actor.account_id
    else:
        with pytest.raises(NotPermitted):
            commands.approve(actor=actor, now=now, activation=draft, digest=draft.digest)


def test_response_is_refused_without_end_plan_or_document(now: datetime) -> None:
    place = make_district(now)
    operator = place.actor(place.operator, now)
    good = {
        "incident": place.incident, "version": place.version, "level": "level_3", "areas": [STREET],
        "ends_at": now + timedelta(days=7), "matter": "reason",
    }  # fmt: skip

    for wrong, code in (
        ({"ends_at": now}, "ends_in_the_past"), ({"ends_at": now + timedelta(days=15)}, "ends_too_late"),
        ({"areas": ["990999"]}, "area_unknown"), ({"matter": " "}, "matter_missing"),
        ({"level": "level_9"}, "level_unknown"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=code):
            commands.draft_activation(actor=operator, now=now, **{**good, **wrong})  # type: ignore[arg-type]
    draft = commands.draft_activation(actor=operator, now=now, **good)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="not_previewed"):
        commands.submit(actor=operator, now=now, activation=draft)
    draft = commands.preview(actor=operator, now=now, activation=draft)
    with pytest.raises(Refusal, match="no_decision"):
        commands.submit(actor=operator, now=now, activation=draft)
    with pytest.raises(InvalidInput, match="issuer_rank_low"):
        commands.record_decision(
            actor=operator, now=now, activation=draft, issuer="street", rank="street", number="1",
            issued_on=date(2026, 3, 9), legal_basis="law",
        )  # fmt: skip


def test_database_itself_refuses_a_response_without_decision_or_second_signature(now: datetime) -> None:
    place = make_district(now)
    draft = make_draft(place, now, level="level_2")

    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.filter(pk=draft.pk).update(status="active")
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.filter(pk=draft.pk).update(
            status="active", decided_by=place.commander, signed_digest=draft.digest
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.filter(pk=draft.pk).update(
            status="active", decided_by=place.commander, signed_digest=draft.digest, second_by=place.commander,
            second_digest=draft.digest,
        )  # fmt: skip


def test_widening_at_level_ii_waits_for_another_person(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now, level="level_2")
    commander = place.actor(place.commander, now)
    paper = make_decision(place, activation, now, number="2号")

    change = commands.widen(actor=commander, now=now, activation=activation, areas=[OTHER_STREET], decision=paper)

    assert change.effective_at is None
    with pytest.raises(Refusal, match="same_approver"):
        commands.countersign_change(actor=commander, now=now, conversion=change)
    signed = commands.countersign_change(actor=place.actor(place.second, now), now=now, conversion=change)
    assert signed.effective_at == now


def test_extension_needs_a_new_document(now: datetime) -> None:
    place = make_district(now)
    activation = start(place, now)
    assert activation.decision is not None

    with pytest.raises(Refusal, match="decision_used"):
        commands.extend(
            actor=place.actor(place.commander, now), now=now, activation=activation,
            ends_at=now + timedelta(days=10), decision=activation.decision,
        )  # fmt: skip
