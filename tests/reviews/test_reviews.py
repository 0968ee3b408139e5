"""Reviews: what was planned beside what happened, findings, actions that change the plan and are tested by a drill."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from juxing.access.models import Account
from juxing.activations.models import Activation
from juxing.command import commands as command
from juxing.drills import commands as drills
from juxing.kernel import clock
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.plans import commands as plans
from juxing.plans.models import PlanVersion
from juxing.reviews import commands, queries
from juxing.reviews.models import AfterActionReview, CorrectiveAction
from tests.activations.makers import SYSTEM, District, make_district, newest
from tests.command.makers import converted
from tests.factories import COMMUNITY, STREET

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def place() -> District:
    with acting(SYSTEM):
        return make_district(NOW, responders=4)


def reviewed(place: District) -> tuple[Activation, AfterActionReview]:
    running = converted(place, NOW)
    review = commands.open_review(
        actor=place.actor(place.commander, NOW), now=NOW, activation=running, due_on=NOW.date() + timedelta(days=7)
    )
    return running, review


def test_planned_stands_beside_happened(place: District) -> None:
    commander = place.actor(place.commander, NOW)
    with acting(SYSTEM):
        running, _review = reviewed(place)
        step = next(row for row in place.version.content["playbook"] if row.get("from_level", "level_4") >= "level_3")
        order = command.issue_order(
            actor=commander, now=NOW + timedelta(minutes=5), activation=running, title="x", text="y",
            post_codes=[step["responsible"]], playbook_code=step["code"],
        )  # fmt: skip
        for delivery in order.deliveries.filter(readings__isnull=False).distinct():
            reading = delivery.readings.select_related("account")[0]
            command.complete(
                actor=place.actor(reading.account, NOW),
                now=NOW + timedelta(minutes=9),
                delivery=delivery,
                report="done",
            )
        found = queries.comparison(running)
    line = next(each for each in found.steps if each.code == step["code"])
    assert (line.ordered_min, line.planned_min) == (5.0, step.get("after_min", 0))
    assert line.completed > 0
    assert found.first_order_min == 5.0
    assert found.posts >= found.posts_a >= found.posts_ab
    assert found.ordered == 1


def test_gap_becomes_an_action_that_changes_the_next_version_and_a_drill_tests_it(place: District) -> None:
    commander = place.actor(place.commander, NOW)
    with acting(SYSTEM):
        _running, review = reviewed(place)
        gap = commands.write_finding(actor=commander, now=NOW, review=review, kind="gap", text="夜间没有 B 角")
        with pytest.raises(Refusal):
            commands.close_review(actor=commander, now=NOW, review=review, summary="x")
        code = place.version.content["posts"][0]["code"]
        with pytest.raises(InvalidInput):
            commands.promise_action(actor=commander, now=NOW, finding=gap, text="x", owner_post="y",
                                    due_on=NOW.date(), part="posts", row_code="nothing")  # fmt: skip
        action = commands.promise_action(
            actor=commander, now=NOW, finding=gap, text="B 角由志愿者担任", owner_post="社区书记",
            due_on=NOW.date() + timedelta(days=20), part="posts", row_code=code, field="holder_roles",
            value="responder, community_worker",
        )  # fmt: skip
        applied = commands.apply_action(actor=commander, now=NOW, action=action)
        draft = PlanVersion.objects.get(pk=applied.applied_in_id or 0)
        row = next(row for row in draft.content["posts"] if row["code"] == code)
        assert (draft.number, row["holder_roles"]) == (2, ["responder", "community_worker"])
        closed = commands.close_review(actor=commander, now=NOW, review=review, summary="夜间须有 B 角")
        assert closed.status == "closed"
        with pytest.raises(Refusal):
            commands.write_finding(actor=commander, now=NOW, review=closed, kind="idea", text="x")
        drill = drills.prepare_drill(actor=commander, now=NOW, version=draft, title="夜间演练", areas=[STREET],
                                     level="level_3")  # fmt: skip
        running = drills.start_drill(
            actor=commander, second=place.actor(place.second, NOW), now=NOW, drill=drill
        )  # fmt: skip
        from juxing.activations import execution

        execution.carry_out(newest(Activation.objects.get(pk=running.activation_id or 0)).uuid, clock=lambda: NOW)
        drills.end_drill(actor=commander, now=NOW + timedelta(minutes=30), drill=running)
        tested = CorrectiveAction.objects.get(pk=action.pk)
        assert (tested.status, tested.tested_by_id, tested.tested_in) == ("tested", running.activation_id, drill.uuid)
        assert plans.approve_version(
            actor=commander, now=NOW, version=PlanVersion.objects.get(pk=draft.pk)
        ).status == "approved"  # fmt: skip


def test_computed_drill_tests_actions_too_and_the_journal_says_that_it_was_computed(place: District) -> None:
    commander = place.actor(place.commander, NOW)
    with acting(SYSTEM):
        _running, review = reviewed(place)
        gap = commands.write_finding(actor=commander, now=NOW, review=review, kind="gap", text="夜间没有 B 角")
        action = commands.promise_action(
            actor=commander, now=NOW, finding=gap, text="B 角由志愿者担任", owner_post="社区书记",
            due_on=NOW.date() + timedelta(days=20), part="posts", row_code=place.version.content["posts"][0]["code"],
            field="holder_roles", value="responder, community_worker",
        )  # fmt: skip
        draft = commands.apply_action(actor=commander, now=NOW, action=action).applied_in
        assert draft is not None
        drill = drills.prepare_drill(
            actor=commander, now=NOW, version=draft, title="推演", areas=[STREET], level="level_3"
        )

        drills.run_by_itself(actor=commander, now=NOW, drill=drill)

        tested = CorrectiveAction.objects.get(pk=action.pk)
        entry = JournalEntry.objects.get(subject_uuid=action.uuid, action="reviews.action.test")
    assert (tested.status, tested.tested_by_id, tested.tested_in) == ("tested", None, drill.uuid)
    assert entry.reason


def test_overdue_is_reminded_once_a_week_and_given_up_only_for_a_reason(place: District) -> None:
    commander = place.actor(place.commander, NOW)
    with acting(SYSTEM):
        _running, review = reviewed(place)
        gap = commands.write_finding(actor=commander, now=NOW, review=review, kind="gap", text="x")
        action = commands.promise_action(
            actor=commander, now=NOW, finding=gap, text="x", owner_post="y", due_on=NOW.date(), part="sections"
        )
        assert commands.remind_overdue(now=NOW) == 0
        assert commands.remind_overdue(now=NOW + timedelta(days=1)) == 1
        assert commands.remind_overdue(now=NOW + timedelta(days=2)) == 0
        assert commands.remind_overdue(now=NOW + timedelta(days=8)) == 2, "the review is late by now as well"
        with pytest.raises(InvalidInput):
            commands.drop_action(actor=commander, now=NOW, action=action, reason=" ")
        assert commands.drop_action(actor=commander, now=NOW, action=action, reason="改由街道统一").status == "dropped"
        worker = Account.objects.get(sign_in_name=f"worker0-{COMMUNITY}")
        with pytest.raises(NotPermitted):
            commands.open_review(
                actor=place.actor(worker, NOW), now=NOW, activation=review.activation, due_on=NOW.date()
            )


def test_review_is_written_on_pages() -> None:
    now = clock.now()
    with acting(SYSTEM):
        place = make_district(now, responders=4)
        running = converted(place, now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(place.commander, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/reviews/of/{running.uuid}/"
    assert client.post(page, {"kind": "gap", "text": "Gate 3 had no light"}).status_code == 303
    assert b"Gate 3 had no light" in client.get(page).content
    opened = client.post(page, {"act": "open", "due_on": now.date().isoformat()})
    assert opened.status_code == 303
    review = opened["Location"]
    assert client.post(review, {"kind": "gap", "text": "No light at gate 3"}).status_code == 303
    assert client.post(f"{review}close/", {"summary": "Lamps"}).status_code == 422
    with acting(SYSTEM):
        finding = AfterActionReview.objects.get().findings.get()
    agreed = client.post(f"/reviews/findings/{finding.uuid}/action/", {
        "text": "Lamps in the store", "owner_post": "Storekeeper", "due_on": now.date().isoformat(), "part": "goods",
    })  # fmt: skip
    assert agreed.status_code == 303
    with acting(SYSTEM):
        action = CorrectiveAction.objects.get()
    assert client.post(f"/reviews/actions/{action.uuid}/apply/").status_code == 303
    assert client.post(f"{review}close/", {"summary": "Lamps"}).status_code == 303
    shown = client.get(review).content.decode()
    assert "Planned beside happened" in shown
    assert "Lamps in the store" in shown
    assert b"Review begun" in client.get(f"{review}timeline/").content
    assert b"v2" in client.get(review).content
    assert client.get("/reviews/").status_code == 200
    assert client.get("/drills/").status_code == 200
