"""Random walks over activations: whatever happens, posture, grants and posts obey what the rows say."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from juxing.access.models import RoleAssignment
from juxing.activations import commands, execution
from juxing.activations.enums import ActivationStatus
from juxing.activations.models import Activation, ActivationArea, ModeConversion, StepRun
from juxing.activations.posture import posture_at
from juxing.activations.queries import status_at
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.organisations.models import Post, PostHolding, TemporaryBody
from tests.activations.makers import (
    COMMUNITIES,
    OTHER_STREET,
    SYSTEM,
    District,
    make_decision,
    make_district,
    make_incident,
    make_plan,
    start,
)
from tests.factories import COMMUNITY, OTHER_COMMUNITY, STREET

pytestmark = pytest.mark.django_db
PLACES = [STREET, OTHER_STREET, COMMUNITY, OTHER_COMMUNITY, f"{COMMUNITY}-E001-G01"]
LEVELS = ["level_1", "level_2", "level_3", "level_4"]
ACTS = st.one_of(
    st.tuples(st.just("start"), st.sampled_from(PLACES), st.sampled_from(LEVELS), st.booleans()),
    st.tuples(st.just("widen"), st.sampled_from(PLACES)),
    st.tuples(st.just("narrow"), st.sampled_from(PLACES)),
    st.tuples(st.just("level"), st.sampled_from(PLACES), st.sampled_from(LEVELS)),
    st.tuples(st.just("extend"), st.integers(1, 14)),
    st.tuples(st.just("pass"), st.sampled_from([1, 20, 80, 200])),
    st.tuples(st.just("work")),
    st.tuples(st.just("stand_down")),
    st.tuples(st.just("undo")),
    st.tuples(st.just("tidy")),
)


class Walk:
    """A district through which time passes, and what was believed of it at each moment."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.place: District = make_district(now, responders=6)
        self.second_plan = make_plan(self.place.commander, now, hazard="natural.meteorological.rainstorm")
        self.second_incident = make_incident(self.place.commander, now, hazard="natural.meteorological.rainstorm")
        self.numbers = 0
        self.beliefs: list[tuple[datetime, dict[str, Any]]] = []

    def do(self, act: tuple[Any, ...]) -> None:
        """Do one act; a refusal is an answer."""
        try:
            with transaction.atomic():
                getattr(self, f"do_{act[0]}")(*act[1:])
        except Refusal:
            pass
        self.check()
        self.now += timedelta(minutes=1)

    @property
    def commander(self) -> Any:
        return self.place.actor(self.place.commander, self.now)

    def newest(self) -> Activation:
        found = Activation.objects.order_by("-id").first()
        if found is None:
            raise Refusal("nothing", "nothing to act on")
        return found

    def decision(self, activation: Activation) -> Any:
        self.numbers += 1
        return make_decision(self.place, activation, self.now, number=f"{self.numbers}-")

    def signed(self, change: ModeConversion) -> None:
        if change.effective_at is None:
            second = self.place.actor(self.place.second, self.now)
            commands.countersign_change(actor=second, now=self.now, conversion=change)

    def do_start(self, area: str, level: str, is_storm: bool) -> None:
        values: dict[str, Any] = {"areas": [area], "level": level, "ends_at": self.now + timedelta(days=3)}
        if is_storm:
            values |= {"incident": self.second_incident, "version": self.second_plan}
        start(self.place, self.now, **values)

    def do_widen(self, area: str) -> None:
        found = self.newest()
        self.signed(commands.widen(
            actor=self.commander, now=self.now, activation=found, areas=[area], decision=self.decision(found)
        ))  # fmt: skip

    def do_narrow(self, area: str) -> None:
        commands.narrow(actor=self.commander, now=self.now, activation=self.newest(), areas=[area], reason="calm")

    def do_level(self, area: str, level: str) -> None:
        found = self.newest()
        self.signed(commands.change_level(
            actor=self.commander, now=self.now, activation=found, areas=[area], level=level,
            decision=self.decision(found), reason="changed",
        ))  # fmt: skip

    def do_extend(self, days: int) -> None:
        found = self.newest()
        self.signed(commands.extend(
            actor=self.commander, now=self.now, activation=found, ends_at=self.now + timedelta(days=days),
            decision=self.decision(found),
        ))  # fmt: skip

    def do_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def do_work(self) -> None:
        for conversion in ModeConversion.objects.filter(effective_at__isnull=False, finished_at=None).order_by("id"):
            execution.carry_out(conversion.uuid, clock=lambda: self.now)

    def do_stand_down(self) -> None:
        commands.stand_down(
            actor=self.commander, now=self.now, activation=self.newest(), reason="over", left_open_reason="none"
        )

    def do_undo(self) -> None:
        commands.undo(actor=self.commander, now=self.now, activation=self.newest(), reason="mistake")

    def do_tidy(self) -> None:
        commands.close_lapsed(now=self.now)

    def check(self) -> None:
        """Compare rows with the rules, and the past with what was believed of it then."""
        after = self.now + timedelta(seconds=1)
        ends = dict(Activation.objects.values_list("uuid", "ends_at"))
        assert all(end is not None for end in ends.values())
        for grant in RoleAssignment.objects.filter(activation_uuid__isnull=False):
            assert grant.ends_at is not None
            assert grant.activation_uuid is not None
            assert grant.ends_at <= max(ends[grant.activation_uuid], after), "a grant outlives its activation"
        for activation in Activation.objects.all():
            open_now = ActivationArea.objects.filter(
                activation_uuid=activation.uuid, since__lte=self.now, until__gt=self.now
            )
            codes = sorted(open_now.values_list("area_code", flat=True))
            assert not any(b.startswith(a) for a, b in pairwise(codes)), "parts overlap"
            if status_at(activation, self.now) not in {ActivationStatus.ACTIVE, ActivationStatus.EXTENDED}:
                assert codes == []
        self.beliefs.append((self.now, posture_at(COMMUNITIES, self.now)))
        for moment, believed in self.beliefs[:-1]:
            remembered = posture_at(COMMUNITIES, moment)
            for code, posture in believed.items():
                assert [(each.activation_uuid, each.level) for each in posture.holdings] == [
                    (each.activation_uuid, each.level) for each in remembered[code].holdings
                ], "the past changed"

    def bring_home(self) -> None:
        """End everything and put it back."""
        self.now += timedelta(days=20)
        self.do_tidy()
        self.do_work()
        self.do_work()


@given(acts=st.lists(ACTS, min_size=4, max_size=14))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
)  # fmt: skip
def test_any_walk_keeps_the_rules_and_leads_back_to_what_was(acts: list[tuple[Any, ...]], now: datetime) -> None:
    with acting(SYSTEM), transaction.atomic():
        walk = Walk(now)
        roles = set(RoleAssignment.objects.in_force(now).values_list("id", flat=True))
        walk.do(("start", STREET, "level_3", False))
        for act in acts:
            walk.do(act)
        walk.bring_home()

        assert set(RoleAssignment.objects.in_force(walk.now).values_list("id", flat=True)) == roles
        assert not TemporaryBody.objects.filter(dissolved_at=None).exists()
        assert not Post.objects.filter(closed_at=None).exists()
        assert not PostHolding.objects.filter(ends_at=None).exists()
        assert not any(posture.is_emergency for posture in posture_at(COMMUNITIES, walk.now).values())
        failed = StepRun.objects.exclude(status__in=["done", "skipped"])
        assert list(failed.values_list("step", "status", "reason")) == []
        transaction.set_rollback(True)
