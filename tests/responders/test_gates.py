"""Gates: what is missing is named with how to get it, at the roster, at sign-up and at swaps; lessons open them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.responders import commands
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import asked_by, gates, missing_for, require_gates
from juxing.responders.lessons import lessons
from juxing.responders.models import Clearance
from juxing.responders.queries.roster_table import roster_table
from juxing.responders.roster_inputs import PostInput
from tests.dispatch.makers import make_plain_account
from tests.factories import COMMUNITY, OTHER_STREET_COMMUNITY, make_areas, make_responder
from tests.responders.roster_makers import DAY, NOW, SYSTEM, a_roster, coordinator, hand_over, planned

pytestmark = pytest.mark.django_db
OWN = Actor.resident()


@pytest.fixture(autouse=True)
def _areas(db: None) -> None:
    with acting(SYSTEM):
        make_areas()


def test_every_course_and_piece_a_gate_asks_can_be_had() -> None:
    asked = [one for code in gates() for one in asked_by(code)]

    assert {one.code for one in asked if one.kind == ClearanceKind.TRAINING} <= set(lessons())
    assert all(one.words for one in asked)
    assert asked_by("general") == asked_by("unknown") == ()


def test_an_unshown_gate_keeps_people_off_the_post_and_says_how_to_get_it() -> None:
    with acting(SYSTEM):
        table = a_roster(people=1, posts=(PostInput("门岗", task_type="gate_duty"),))
        person = table.members[0].responder

        with pytest.raises(Refusal, match="gate_not_passed") as refused:
            hand_over(table, person)
        assert planned(table).held == []
        assert planned(table).roster.plan["shortages"][0]["rules"] == ["qualified"]

        assert any(word in str(refused.value.message) for word in ("accident insurance", "人身意外保险"))
        for one in asked_by("gate_duty"):
            commands.confirm_clearance(actor=coordinator(), now=NOW, responder=person, kind=one.kind, code=one.code)
        assert len(planned(roster_table(table.roster)).held) == 2


def test_what_has_run_out_is_missing_again_and_a_heavier_load_holds_for_a_lighter() -> None:
    with acting(SYSTEM):
        person = make_responder()
        for one in asked_by("heavy_delivery"):
            commands.confirm_clearance(
                actor=coordinator(), now=NOW, responder=person, kind=one.kind,
                code="30" if one.kind == ClearanceKind.FITNESS else one.code,
                valid_until=DAY if one.kind == ClearanceKind.INSURANCE else None,
            )  # fmt: skip

        require_gates(person.pk, "heavy_delivery", on=DAY)
        later = missing_for([person.pk], ["heavy_delivery"], on=DAY + timedelta(days=1))

        assert [one.kind for one in later[person.pk, "heavy_delivery"]] == [ClearanceKind.INSURANCE]


def test_nobody_confirms_themselves_or_elsewhere_or_nonsense() -> None:
    with acting(SYSTEM):
        account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
        own = make_responder(account=account)
        person = make_responder()
        oneself = coordinator().__class__(
            kind=coordinator().kind, name="x", account_id=account.pk, grants=coordinator().grants
        )

        for actor, whom in ((oneself, own), (coordinator(OTHER_STREET_COMMUNITY), person), (OWN, person)):
            with pytest.raises(NotPermitted):
                commands.confirm_clearance(actor=actor, now=NOW, responder=whom, kind=ClearanceKind.ADULT)
        for kind, code in (("score", ""), (ClearanceKind.TRAINING, "x"), (ClearanceKind.ADULT, "x")):
            with pytest.raises(InvalidInput):
                commands.confirm_clearance(actor=coordinator(), now=NOW, responder=person, kind=kind, code=code)
        with pytest.raises(InvalidInput):
            commands.confirm_clearance(
                actor=coordinator(), now=NOW, responder=person, kind=ClearanceKind.INSURANCE,
                valid_until=DAY - timedelta(days=30),
            )  # fmt: skip


@pytest.mark.parametrize("code", sorted(lessons()))
def test_a_lesson_answered_right_is_the_training_and_tries_are_not_kept(code: str) -> None:
    right = [question.right for question in lessons()[code].questions]
    with acting(SYSTEM):
        person = make_responder()

        wrong = commands.answer_lesson(actor=OWN, now=NOW, responder=person, code=code, answers=[None, *right[1:]])
        assert (wrong, Clearance.objects.count()) == ([0], 0)
        assert commands.answer_lesson(actor=OWN, now=NOW, responder=person, code=code, answers=right) == []

        kept = Clearance.objects.get()
        assert (kept.kind, kept.code, kept.confirmed_by_id) == (ClearanceKind.TRAINING, code, None)


def test_pages_take_what_is_shown_and_answers_to_lessons() -> None:
    with acting(SYSTEM):
        person = make_responder()
        token = commands.give_link(now=NOW, responder=person)
    client, visitor = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    base = f"/responders/{person.uuid}/before-tasks/"

    assert client.post(base, {"what": "adult:"}).status_code == 303
    assert client.post(base, {"what": "judgement:low"}).status_code == 422
    assert "Of full age" in client.get(base).content.decode()
    lesson = f"/s/{token}/lessons/gate/"
    assert visitor.post(lesson, {"q0": "0", "q1": "1"}).status_code == 422
    assert visitor.post(lesson, {"q0": "1", "q1": "1"}).status_code == 303
    assert "Understood" in visitor.get(f"/s/{token}/lessons/").content.decode()
    assert visitor.get(f"/s/{token}/lessons/none/").status_code == 404
