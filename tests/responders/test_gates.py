"""Gates: what is missing is named with how to get it, at the roster, at sign-up and at swaps; lessons open them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.responders import commands
from juxing.responders.enums import ReportInStatus
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import Missing, asked_by, gates, lacking, missing_for, require_gates
from juxing.responders.lessons import lessons
from juxing.responders.models import Clearance, Responder
from juxing.responders.queries.clearances import missing_among
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
        table = a_roster(people=1, posts=(PostInput("门岗", task_type="gate_duty"),), has_shown=False)
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
        person = make_responder(has_shown=False)
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
        own = make_responder(account=account, has_shown=False)
        person = make_responder(has_shown=False)
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
        person = make_responder(has_shown=False)

        wrong = commands.answer_lesson(actor=OWN, now=NOW, responder=person, code=code, answers=[None, *right[1:]])
        assert (wrong, Clearance.objects.count()) == ([0], 0)
        assert commands.answer_lesson(actor=OWN, now=NOW, responder=person, code=code, answers=right) == []

        kept = Clearance.objects.get()
        assert (kept.kind, kept.code, kept.confirmed_by_id) == (ClearanceKind.TRAINING, code, None)


def test_pages_take_what_is_shown_and_answers_to_lessons() -> None:
    with acting(SYSTEM):
        person = make_responder(has_shown=False)
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


def test_what_a_whole_place_has_shown_is_noted_at_once_for_who_serves_there_but_oneself() -> None:
    with acting(SYSTEM):
        account = make_plain_account(Role.COMMUNITY_WORKER, COMMUNITY)
        own = make_responder(account=account, has_shown=False)
        people = [make_responder(has_shown=False) for _number in range(3)]
        elsewhere = make_responder(OTHER_STREET_COMMUNITY, has_shown=False)
        waiting = make_responder(has_shown=False, status=ReportInStatus.SUBMITTED)
    client = Client(headers={"accept-language": "en"})
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    base = "/responders/before-tasks/"

    before = client.get(base).content.decode()
    sent = {"area": COMMUNITY, "what": ["insurance:", "training:delivery"], "valid_until": ""}
    assert client.post(base, sent).status_code == 303
    assert client.post(base, sent | {"valid_until": "2020-01-01"}).status_code == 422
    assert client.post(base, sent | {"what": ["score:"]}).status_code == 422
    assert client.post(base, sent | {"area": OTHER_STREET_COMMUNITY}).status_code == 422

    with acting(SYSTEM):
        shown = set(Clearance.objects.values_list("responder_id", "kind"))
        told = JournalEntry.objects.filter(action="responders.responder.confirm").count()
    assert "4 people who serve in" in before
    assert shown == {(one.pk, kind) for one in people for kind in ("insurance", "training")}
    assert not {pk for pk, _kind in shown} & {own.pk, elsewhere.pk, waiting.pk}
    assert told == len(shown)


def test_what_many_have_not_shown_is_counted_as_each_of_them_lacks_it() -> None:
    shown = [
        [], [("adult", ""), ("fitness", "30")], [("fitness", "15"), ("insurance", "")],
        [("fitness", "15"), ("fitness", "25"), ("adult", "")], [("briefing", ""), ("training", next(iter(lessons())))],
    ]  # fmt: skip
    with acting(SYSTEM):
        people = [make_responder() for _each in shown]
        Clearance.objects.all().delete()
        for person, things in zip(people, shown, strict=True):
            for kind, code in things:
                commands.confirm_clearance(actor=coordinator(), now=NOW, responder=person, kind=kind, code=code)
        Clearance.objects.filter(responder=people[1], kind="adult").update(valid_until=DAY - timedelta(days=1))
        theirs = Responder.objects.filter(pk__in=[person.pk for person in people])

        counted = dict(missing_among(theirs, on=DAY))

        each = [{one for lacks in lacking([person.pk], gates(), on=DAY).get(person.pk, {}).values() for one in lacks}
                for person in people]  # fmt: skip
    assert counted == Counter(one for lacks in each for one in lacks)
    assert counted[Missing("adult")] == len(people) - 1


def test_noting_for_many_takes_as_many_statements_for_25_as_for_30() -> None:
    def count(people: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            commands.confirm_for_many(actor=coordinator(), now=NOW, responder_ids=people, shown=[("insurance", "")])
        return len(captured)

    with acting(SYSTEM):
        people = [make_responder(has_shown=False).pk for _number in range(30)]

        assert count(people[:25]) == count(people)


def test_own_pages_say_what_opens_more_tasks_and_who_leaves_takes_it_along() -> None:
    with acting(SYSTEM):
        person = make_responder(has_shown=False)
        token = commands.give_link(now=NOW, responder=person)
        confirmed = [("adult", ""), ("insurance", ""), ("training", "care")]
        commands.confirm_for_many(actor=coordinator(), now=NOW, responder_ids=[person.pk], shown=confirmed)
    visitor = Client(headers={"accept-language": "en"})

    lessons_page = visitor.get(f"/s/{token}/lessons/").content.decode()
    assert "What opens more tasks to you" in visitor.get(f"/s/{token}/").content.decode()
    assert f"/s/{token}/lessons/delivery/" in lessons_page
    assert "Care visits" not in lessons_page

    with acting(SYSTEM):
        commands.withdraw_responder(actor=OWN, now=NOW, responder=person)
        assert not Clearance.objects.filter(responder=person).exists()
