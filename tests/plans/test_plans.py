"""Plans: templates, versions that stay as approved, what they lack against the register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from juxing.plans import commands, queries
from juxing.plans.completeness import completeness
from juxing.plans.content import UnusableContent, as_data, digest_of, parsed
from juxing.plans.enums import VersionStatus
from juxing.plans.hazards import hazards, template
from juxing.plans.models import PlanVersion
from tests.activations.makers import EPIDEMIC, make_district
from tests.factories import COMMUNITY, DISTRICT, OTHER_STREET_COMMUNITY, STREET, make_actor, make_areas


@pytest.mark.parametrize("slug", list(hazards()))
def test_template_is_a_plan_whose_steps_have_posts(slug: str) -> None:
    content = template(hazards()[slug].template)

    posts = {post.code for post in content.posts}
    assert content.triggers
    assert content.first_actions
    assert all(step.responsible in posts and step.accountable in posts for step in content.playbook)
    assert all(step.due_min > step.after_min for step in content.playbook)
    assert all(row.title_en for part in (content.posts, content.triggers, content.playbook) for row in part)


@pytest.mark.parametrize(
    "fault",
    [
        {"posts": [{"code": "Bad Code", "title": "x"}]}, {"posts": [{"code": "a"}]}, {"nothing": []},
        {"posts": [{"code": "a", "title": "x"}, {"code": "a", "title": "y"}]}, {"posts": "text"}, [],
        {"goods": [{"code": "a", "title": "x", "item": "rice", "quantity": -1}]},
        {"playbook": [{"code": "a", "title": "x", "responsible": "b", "due_min": 10**9}]},
    ],
)  # fmt: skip
def test_unusable_content_is_named_and_refused(fault: Any) -> None:
    with pytest.raises(UnusableContent):
        parsed(fault)


ROWS = st.lists(
    st.fixed_dictionaries(
        {"code": st.sampled_from(["a", "b", "Bad"]), "title": st.text(max_size=5)},
        optional={"from_level": st.sampled_from(["level_1", "level_4", "level_9"]), "count": st.integers(-1, 9)},
    ),
    max_size=3,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("posts", "units", "sections", "triggers"), ROWS)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_data_is_a_plan_or_refused_and_a_plan_reads_back_the_same(data: Any) -> None:
    try:
        content = parsed(data)
    except UnusableContent:
        return
    assert parsed(as_data(content)) == content
    assert digest_of(as_data(content)) == digest_of(as_data(parsed(as_data(content))))


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
class TestVersions:
    """What happens to versions."""

    def test_version_in_force_is_replaced_by_the_next_and_neither_changes(self, now: datetime) -> None:
        make_areas()
        secretary = make_actor(Role.STREET_COMMANDER, STREET)
        first = commands.begin_plan(actor=secretary, now=now, area_code=STREET, hazard=EPIDEMIC, title="预案")
        with pytest.raises(Refusal, match="plan_undrilled"):
            commands.approve_version(actor=secretary, now=now, version=first)
        commands.note_drill(actor=secretary, now=now, version=first)
        first.refresh_from_db()
        first = commands.approve_version(actor=secretary, now=now, version=first)
        assert first.review_due_on is not None
        second = commands.begin_version(actor=secretary, now=now, plan=first.plan)
        assert commands.begin_version(actor=secretary, now=now, plan=first.plan) == second

        rows = [*second.content["venues"], {"code": "extra", "title": "备用点", "function": "supply_point"}]
        second = commands.write_part(actor=secretary, now=now, version=second, part="venues", rows=rows)
        commands.approve_version(actor=secretary, now=now, version=second, undrilled_reason="urgent")

        first.refresh_from_db()
        assert first.status == VersionStatus.REPLACED
        assert first.digest != second.digest
        with pytest.raises(Refusal, match="not_a_draft"):
            commands.write_part(actor=secretary, now=now, version=second, part="venues", rows=[])
        with pytest.raises(DatabaseError), transaction.atomic():
            PlanVersion.objects.filter(pk=first.pk).update(content={})
        with pytest.raises(DatabaseError), transaction.atomic():
            PlanVersion.objects.filter(pk=first.pk).delete()

    def test_bad_rows_are_refused_with_their_place(self, now: datetime) -> None:
        make_areas()
        actor = make_actor(Role.STREET_OPERATOR, STREET)
        draft = commands.begin_plan(actor=actor, now=now, area_code=STREET, hazard=EPIDEMIC, title="预案")

        with pytest.raises(InvalidInput, match="plan_unusable"):
            commands.write_part(actor=actor, now=now, version=draft, part="goods", rows=[{"code": "x", "title": "y"}])
        with pytest.raises(NotPermitted):
            commands.approve_version(actor=actor, now=now, version=draft, undrilled_reason="no")
        with pytest.raises(InvalidInput, match="plan_known"):
            commands.begin_plan(actor=actor, now=now, area_code=STREET, hazard=EPIDEMIC, title="again")

    def test_plan_is_seen_where_it_holds_and_not_elsewhere(self, now: datetime) -> None:
        make_areas()
        commander = make_actor(Role.STREET_COMMANDER, STREET)
        draft = commands.begin_plan(actor=commander, now=now, area_code=STREET, hazard=EPIDEMIC, title="预案")
        worker, elsewhere = (make_actor(Role.GRID_WORKER, place) for place in (COMMUNITY, OTHER_STREET_COMMUNITY))

        assert queries.plans_above(actor=worker) == []
        with pytest.raises(NotVisible):
            queries.plan_detail(actor=worker, uuid=draft.plan.uuid)
        commands.approve_version(actor=commander, now=now, version=draft, undrilled_reason="first")

        assert [plan.pk for plan in queries.plans_above(actor=worker)] == [draft.plan_id]
        assert queries.plan_detail(actor=worker, uuid=draft.plan.uuid).in_force is not None
        assert queries.plans_above(actor=elsewhere) == []
        with pytest.raises(NotVisible):
            queries.plan_detail(actor=elsewhere, uuid=draft.plan.uuid)

    def test_completeness_counts_what_the_register_lacks(self, now: datetime) -> None:
        place = make_district(now, responders=2)

        poor = completeness(place.version, now=now)
        short = next(check for check in poor.checks if check.code == "organisations.posts.holders")
        assert short.found < short.wanted == 3 * 24
        assert "venues" in poor.unanswered or any("venue" in check.code for check in poor.checks)

        content = {**place.version.content, "triggers": place.version.content["triggers"][:1], "playbook": []}
        place.version.content = content
        bare = completeness(place.version, now=now)
        assert bare.percent < poor.percent


@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_annex_belongs_inside_the_plan(now: datetime) -> None:
    make_areas()
    actor = make_actor(Role.DISTRICT_OPERATOR, DISTRICT)
    plan = commands.begin_plan(actor=actor, now=now, area_code=STREET, hazard=EPIDEMIC, title="预案").plan

    commands.write_annex(actor=actor, now=now, plan=plan, area_code=COMMUNITY, title="泵房钥匙", text="物业前台")
    again = commands.write_annex(actor=actor, now=now, plan=plan, area_code=COMMUNITY, title="泵房钥匙", text="值班室")
    assert again.text == "值班室"
    assert plan.annexes.count() == 1
    with pytest.raises(InvalidInput, match="area_outside"):
        commands.write_annex(actor=actor, now=now, plan=plan, area_code=OTHER_STREET_COMMUNITY, title="x", text="y")


@pytest.mark.django_db
def test_handbook_is_kept_on_the_device_and_is_a_pdf() -> None:
    from django.test import Client

    from juxing.kernel import clock
    from juxing.kernel.scope import acting
    from tests.activations.makers import SYSTEM, make_person

    with acting(SYSTEM):
        make_areas()
        commander = make_person(Role.DISTRICT_COMMANDER, DISTRICT, "paper")
        actor = make_actor(Role.DISTRICT_COMMANDER, DISTRICT)
        draft = commands.begin_plan(
            actor=actor, now=clock.now(), area_code=DISTRICT, hazard=EPIDEMIC, title="云间区突发传染病应急预案"
        )
        uuid = PlanVersion.objects.select_related("plan").get(pk=draft.pk).plan.uuid
    client = Client()
    client.force_login(commander, backend="django.contrib.auth.backends.ModelBackend")

    assert b"data-keep" in client.get(f"/plans/{uuid}/handbook/").content
    answer = client.get(f"/plans/{uuid}/handbook.pdf")

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
