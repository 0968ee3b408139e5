"""
An epidemic of fourteen days in the demo district, from a plan on paper to a better plan, in simulated time.

The plan is drilled; level II for a part of the district, previewed, signed by two, converted; widened on day 3, a
rainstorm on top of it on day 5, lowered in two places on day 9, one place expires because nobody prolongs it, stood
down on day 14, its data destroyed with a certificate; looked back on, and the plan's second version drilled.

Everything is done by the product's own commands, told the time; each step says what came of it or why it failed, and
the first failure ends the story. No job runs beside it: what the clock does is called when its time has come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from juxing.access.queries import actor_of
from juxing.activations import commands as activations
from juxing.activations.models import Activation, EmergencyDataSet
from juxing.activations.posture import posture_at
from juxing.command import commands as command
from juxing.kernel.scope import acting
from juxing.plans import commands as plans
from juxing.plans.completeness import completeness
from juxing.plans.models import PlanVersion
from juxing.site.demo import response_people as people
from juxing.site.demo.response_acts import DISTRICT, SYSTEM, StepFailed
from juxing.site.demo.response_command import CommandPost
from juxing.site.demo.response_review import look_back

EPIDEMIC, RAINSTORM = "health.infectious_disease", "natural.meteorological.rainstorm"
BRANCHES = 3
"""Temporary branches of a community in the plan."""
GOODS_MOVED = 12
BODIES, GROUP, GROUPS = "organisations.bodies", "group_gate", 5
"""The functional group struck out of the first community's preview, and how many a community gets."""


class ResponseStory(CommandPost):
    """The story over one loaded district."""

    LASTS_DAYS = 17
    storm_id = first_score = 0

    def steps(self) -> list[tuple[str, float, Callable[[], dict[str, Any]]]]:
        """Return each step with its day and hour of the story, in days."""
        return [
            ("plan_written", -2.0, self.plan_written),
            ("plan_drilled_and_in_force", -1.5, self.plan_drilled),
            ("previewed", 0.30, self.previewed),
            ("signed_by_two", 0.32, self.signed_by_two),
            ("converted", 0.33, self.converted),
            ("people_answer", 0.34, self.people_answer),
            ("shift_begun", 0.35, self.shift_begun),
            ("orders_carried_out", 0.36, self.orders_carried_out),
            ("first_needs_served", 0.45, self.first_needs_served),
            ("shift_handed_over", 0.8, self.shift_handed_over),
            ("situation_reported", 1.3, self.situation_reported),
            ("measure_in_force", 2.4, self.measure_in_force),
            ("widened_to_all", 3.4, self.widened),
            ("rainstorm_on_top", 5.5, self.rainstorm),
            ("rainstorm_over", 7.6, self.rainstorm_over),
            ("measure_lifted", 8.0, self.measure_lifted),
            ("lowered_in_two", 9.4, self.lowered),
            ("situation_reported_again", 9.8, self.situation_reported),
            ("extended_but_one", 10.4, self.extended),
            ("one_expires_by_itself", 12.5, self.expired),
            ("stood_down", 14.4, self.stood_down),
            ("data_destroyed", 15.4, self.data_destroyed),
            ("looked_back", 16.0, self.looked_back),
            ("next_version_drilled", 16.4, self.next_version_drilled),
            ("past_can_be_asked", 16.5, self.past_can_be_asked),
        ]

    def tell(self, report: Callable[[str], None] = lambda _line: None) -> dict[str, Any]:
        """Play all steps; ``ok`` says whether each did what it should, ``steps`` what came of it."""
        told: dict[str, Any] = {"ok": False, "steps": {}}
        for name, day, step in self.steps():
            self.now = self.midnight + timedelta(days=day)
            started = time.perf_counter()
            try:
                outcome = step()
                self.books_agree()
            except Exception as failure:
                told["steps"][name] = {"failed": f"{type(failure).__name__}: {failure}"[:600]}
                return told
            told["steps"][name] = {"day": day, "seconds": round(time.perf_counter() - started, 2), **outcome}
            report(f"{name}: {told['steps'][name]}")
        told["ok"], told["communities"] = True, self.communities(self.places.all)
        return told

    def plan_written(self) -> dict[str, Any]:
        """Begin the plan from its template, with what the district adds."""
        with acting(self.as_commander()) as actor:
            draft = plans.begin_plan(
                actor=actor, now=self.now, area_code=DISTRICT, hazard=EPIDEMIC, title=self.words["plan"]["title"],
                is_demo=True,
            )  # fmt: skip
            own = self.words["plan"]
            draft = plans.write_part(
                actor=actor, now=self.now, version=draft, part="posts", rows=[*draft.content["posts"], *own["posts"]]
            )
            volunteers = [
                {**row, "count": own["people"].get(row["code"], row["count"])} for row in draft.content["people"]
            ]
            draft = plans.write_part(actor=actor, now=self.now, version=draft, part="people", rows=volunteers)
            venues = [{**row, **own["venues"].get(row["code"], {})} for row in draft.content["venues"]]
            self.version = plans.write_part(actor=actor, now=self.now, version=draft, part="venues", rows=venues)
        with acting(SYSTEM):
            found = completeness(self.version, now=self.now)
        return {"complete_percent": found.percent, "missing": sum(check.percent < 100 for check in found.checks)}

    def plan_drilled(self) -> dict[str, Any]:
        """Drill the first version, and bring it into force."""
        drilled = self.drilled()
        self.first_score = drilled.score or 0
        with acting(self.as_commander()) as actor:
            version = PlanVersion.objects.get(pk=drilled.version_id)
            self.version = plans.approve_version(actor=actor, now=self.now, version=version)
        return self.told(drilled)

    def previewed(self) -> dict[str, Any]:
        """Report the incident and look at what level II would change; one line is struck out of it."""
        incident = self.incident(self.words["incident"]["title"], EPIDEMIC)
        draft = self.drafted(incident, self.version, self.places.first, days=12, matter="matter")
        seen = draft.digest
        steps = [step for street in draft.preview["streets"] for step in street["steps"]]
        struck = next(
            line["key"] for step in steps if step["step"] == BODIES for line in step["changes"] if GROUP in line["key"]
        )
        with acting(self.as_operator()) as actor:
            draft = activations.edit_preview(
                actor=actor, now=self.now, activation=draft, step=BODIES, left_out=[struck]
            )
            activations.submit(actor=actor, now=self.now, activation=draft)
        self.refused("preview_changed", lambda: self.sign(draft, self.as_commander(), seen))
        self.activation = draft
        return {
            "streets": len(draft.preview["streets"]),
            "changes": sum(line["count"] for step in steps for line in step["changes"]),
            "short": sum(line["wanted"] - line["found"] for step in steps for line in step["shortages"]),
            "struck_out": 1,
        }

    def signed_by_two(self) -> dict[str, Any]:
        """Let two different people sign; the same one twice is refused."""
        draft = self.activation
        self.sign(draft, self.as_commander(), draft.digest)
        self.refused("same_approver", lambda: self.sign(draft, self.as_commander(), draft.digest))
        self.sign(draft, self.as_operator(), draft.digest)
        self.expect("status", self.activation.status, "active")
        return {"signatures": 2, "digest": draft.digest[:12]}

    def converted(self) -> dict[str, Any]:
        """Convert the first places, street by street."""
        self.carry_out(self.activation)
        found = self.figures()
        self.expect("command posts", found["command_posts"], self.communities(self.places.first))
        self.expect("branches", found["temporary_branches"], BRANCHES * self.communities(self.places.first))
        groups = GROUPS * self.communities(self.places.first) - 1
        self.expect("groups but the one struck out", found["functional_groups"], groups)
        self.expect_levels(dict.fromkeys(self.places.first, "level_2"))
        moved = people.bring_goods(self.activation, most=GOODS_MOVED, now=self.now)
        told = self.published()
        return {**found, "transfers_brought": moved, "notices_published": told}

    def people_answer(self) -> dict[str, Any]:
        """Let some of the called answer and come."""
        streets = sorted({code[:9] for code in self.places.first})
        counts = people.answer_calls(self.activation, streets, now=self.now)
        posts = people.stand_at_posts(self.activation, ["commander", "deputy_commander"], now=self.now)
        return {**counts, "leaders_at_their_posts": posts}

    def orders_carried_out(self) -> dict[str, Any]:
        """Give the first steps of the playbook as orders straight to the posts, which report them as done."""
        given = 0
        with acting(self.as_commander()) as actor:
            for row in self.version.content["playbook"]:
                if row["responsible"] not in {"commander", "deputy_commander"}:
                    continue
                command.issue_order(
                    actor=actor, now=self.now, activation=self.activation, title=row["title"], text=row["title"],
                    post_codes=[row["responsible"]], urgency="urgent", playbook_code=row["code"],
                )  # fmt: skip
                given += 1
        done = people.carry_orders_out(self.activation, self.words["order"]["done"], now=self.now)
        return {"orders": given, "reported_done": done}

    def first_needs_served(self) -> dict[str, Any]:
        """Let needs come in through the rounds that are open, and be met."""
        streets = sorted({code[:9] for code in self.places.first})
        counts = people.serve_first_needs(self.district, self.loaded, streets, now=self.now)
        if not counts["served"]:
            raise StepFailed(f"Nobody was helped: {counts}")
        return counts

    def widened(self) -> dict[str, Any]:
        """Bring the rest of the district into scope, by a new decision and a second signature."""
        new = [code for code in self.places.all if code not in self.places.first]
        decision = self.decision(self.activation)
        with acting(self.as_operator()) as actor:
            change = activations.widen(
                actor=self.as_commander(), now=self.now, activation=self.activation, areas=new, decision=decision,
                reason=self.words["reasons"]["widened"],
            )  # fmt: skip
            self.expect("waits for a second signature", change.effective_at, None)
            activations.countersign_change(actor=actor, now=self.now, conversion=change)
        self.carry_out(self.activation)
        found = self.figures()
        everywhere = self.communities(self.places.all)
        self.expect("command posts", found["command_posts"], everywhere)
        self.expect("branches", found["temporary_branches"], BRANCHES * everywhere)
        self.expect("rounds", found["rounds_open"], everywhere)
        self.expect_levels(dict.fromkeys(self.places.all, "level_2"))
        return found

    def rainstorm(self) -> dict[str, Any]:
        """Convert two of the places for a rainstorm as well: both responses hold there, posts are shared."""
        with acting(self.as_commander()) as actor:
            draft = plans.begin_plan(
                actor=actor, now=self.now, area_code=DISTRICT, hazard=RAINSTORM,
                title=self.words["plan"]["rain_title"], is_demo=True,
            )  # fmt: skip
            version = plans.approve_version(
                actor=actor, now=self.now, version=draft, undrilled_reason=self.words["plan"]["rain_undrilled"]
            )
        incident = self.incident(self.words["incident"]["rain_title"], RAINSTORM)
        storm = self.drafted(incident, version, self.places.first[:2], days=2, matter="rain_matter")
        with acting(self.as_operator()) as actor:
            activations.submit(actor=actor, now=self.now, activation=storm)
        for signer in (self.as_commander(), self.as_operator()):
            self.sign(storm, signer, storm.digest)
        self.storm_id = storm.pk
        self.carry_out(storm)
        place = self.places.first[0]
        with acting(SYSTEM):
            both = len(posture_at([place], self.now)[place].real)
        self.expect("responses at one place", both, 2)
        return {**self.figures(storm), "responses_at_one_place": both}

    def rainstorm_over(self) -> dict[str, Any]:
        """Let the clock end the rainstorm's response; the epidemic's stands as it stood."""
        before = self.figures()
        with acting(SYSTEM):
            storm = Activation.objects.get(pk=self.storm_id)
        self.clock_ends()
        with acting(SYSTEM):
            storm.refresh_from_db(fields=["status"])
        self.expect("status", storm.status, "expired")
        self.expect("what is left of it", self.left(storm), {})
        after = self.figures()
        for name in ("command_posts", "posts", "post_holders", "rounds_open", "grants"):
            self.expect(name, after[name], before[name])
        return {"epidemic": after}

    def lowered(self) -> dict[str, Any]:
        """Lower two places to level III at once."""
        with acting(self.as_commander()) as actor:
            activations.change_level(
                actor=actor, now=self.now, activation=self.activation, areas=self.places.lowered, level="level_3",
                reason=self.words["reasons"]["lowered"],
            )  # fmt: skip
        self.carry_out(self.activation)
        kept = [code for code in self.places.all if code not in self.places.lowered]
        self.expect_levels({**dict.fromkeys(self.places.lowered, "level_3"), **dict.fromkeys(kept, "level_2")})
        return {"lowered": len(self.places.lowered), **self.figures()}

    def extended(self) -> dict[str, Any]:
        """Prolong everywhere but in one place, by a new decision and a second signature."""
        decision = self.decision(self.activation)
        longer = [code for code in self.places.all if code != self.places.expiring]
        with acting(self.as_operator()) as actor:
            change = activations.extend(
                actor=self.as_commander(), now=self.now, activation=self.activation, areas=longer,
                decision=decision, ends_at=self.midnight + timedelta(days=20), reason=self.words["reasons"]["extended"],
            )  # fmt: skip
            activations.countersign_change(actor=actor, now=self.now, conversion=change)
        self.carry_out(self.activation)
        return {"prolonged": len(longer)}

    def expired(self) -> dict[str, Any]:
        """Let the place nobody prolonged expire: over before anything runs, put back when it does."""
        with acting(SYSTEM):
            posture = posture_at([self.places.expiring], self.now)[self.places.expiring]
        self.expect("emergency there", posture.is_emergency, False)
        ended = self.clock_ends()
        found = self.figures()
        self.expect("command posts", found["command_posts"],
                     self.communities(self.places.all) - self.communities([self.places.expiring]))  # fmt: skip
        self.expect("status", self.activation.status, "extended")
        return {"expired": 1, "ended_by_the_clock": ended, **found}

    def stood_down(self) -> dict[str, Any]:
        """Look at what is open, say why it may stay so, and stand down; every room puts back what it made."""
        activation = self.activation
        with acting(self.as_commander()) as actor:
            opened = activations.open_items(actor=actor, now=self.now, activation=activation)
            self.refused("open_items", lambda: activations.stand_down(
                actor=actor, now=self.now, activation=activation, reason=self.words["reasons"]["ended"]))  # fmt: skip
            activations.stand_down(
                actor=actor, now=self.now, activation=activation, reason=self.words["reasons"]["ended"],
                left_open_reason=self.words["reasons"]["left_open"],
            )  # fmt: skip
        self.carry_out(activation)
        self.expect("status", self.activation.status, "stood_down")
        left = self.left(activation)
        returning = left.pop("transfers_under_way", 0)
        told = left.pop("notices", 0)
        self.expect("what is left of it", left, {})
        self.expect_levels(dict.fromkeys(self.places.all, ""))
        open_kinds = {row.step: sum(item.count for item in row.items) for row in opened}
        return {"open_before": open_kinds, "transfers_on_the_way_back": returning, "notices_of_the_end": told,
                "shifts_open": self._open_periods()}  # fmt: skip

    def data_destroyed(self) -> dict[str, Any]:
        """Let the privacy officer review what was gathered about people, and another person destroy it."""
        activations.freeze_ended(now=self.now)
        activation = self.activation
        with acting(SYSTEM):
            sets = list(EmergencyDataSet.objects.filter(activation=activation).order_by("code"))
        with acting(actor_of(self.privacy, now=self.now)) as actor:
            for each in sets:
                activations.review_data(actor=actor, now=self.now, data_set=each)
        with acting(self.as_commander()) as actor:
            certificate = activations.destroy_data(actor=actor, now=self.now, activation=activation)
        self.expect("sets on the certificate", len(certificate.lines), len(sets))
        return {
            "certificate": certificate.digest[:12],
            "destroyed": {line["set"]: line["count"] for line in certificate.lines},
        }

    def looked_back(self) -> dict[str, Any]:
        """Review it: what went wrong gets a corrective action, and is written into the next version."""
        with acting(self.as_commander()) as actor:
            found = look_back(self.activation, actor, now=self.now)
            self.version = PlanVersion.objects.get(pk=found.draft_id)
        return {"findings": found.findings, "actions": found.actions, "next_version": self.version.number}

    def next_version_drilled(self) -> dict[str, Any]:
        """Drill the second version with the same seed: it must score better; then bring it into force."""
        before = self.first_score
        drilled = self.drilled()
        if (drilled.score or 0) <= before:
            raise StepFailed(f"The second version scored {drilled.score}, the first {before}.")
        with acting(self.as_commander()) as actor:
            version = PlanVersion.objects.get(pk=drilled.version_id)
            self.version = plans.approve_version(actor=actor, now=self.now, version=version)
        return {**self.told(drilled), "before": before}

    def past_can_be_asked(self) -> dict[str, Any]:
        """Ask for the posture of three places at moments of the past."""
        place, last = self.places.first[0], self.places.expiring
        asked = {1.0: ("level_2", ""), 4.0: ("level_2", "level_2"), 10.0: ("level_3", "level_2"), 13.0: ("level_3", ""),
                 15.0: ("", "")}  # fmt: skip
        with acting(SYSTEM):
            for day, wanted in asked.items():
                found = posture_at([place, last], self.midnight + timedelta(days=day))
                self.expect(f"levels on day {day:g}", (found[place].level, found[last].level), wanted)
        return {"moments": len(asked)}
