"""What the commanders of the played response do again and again, and how the story looks at what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from juxing.access.queries import actor_of
from juxing.activations import commands as activations
from juxing.activations import execution
from juxing.activations.enums import StepStatus
from juxing.activations.models import Activation, DecisionDocument, Incident, ModeConversion, StepRun
from juxing.activations.posture import posture_at
from juxing.command import commands as command
from juxing.command.enums import NoticeStatus
from juxing.command.models import Notice
from juxing.drills import commands as drills
from juxing.drills.models import Drill
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.places.enums import AreaLevel
from juxing.places.models import Area
from juxing.plans.models import PlanVersion
from juxing.site.demo import response_people as people
from juxing.site.demo.load import LoadedDistrict
from juxing.site.demo.response_figures import faults, figures
from juxing_demo import District
from juxing_demo.data_files import data

SYSTEM = Actor.system("demo")
DISTRICT = "990117"
FEWEST_STREETS = 5
DRILL_SEED = 7


class StepFailed(Exception):
    """What a step of the story expected did not come about."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the story happens: the places it goes by, first affected, lowered on day 9, and left to expire."""

    all: Sequence[str]
    first: Sequence[str]
    lowered: Sequence[str]
    expiring: str

    @classmethod
    def of(cls, district: District) -> Places:
        """Return streets, or communities where the district has few streets."""
        level = [code for code, kind in district.areas.rows("code", "level") if kind == "street"]
        if len(level) < FEWEST_STREETS:
            level = [code for code, kind in district.areas.rows("code", "level") if kind == "community"]
        return cls(level, level[: max(1, round(len(level) * 3 / 8))], level[:2], level[-1])


class Acts:
    """
    The acting persons, the clock, and what they do; ``midnight`` is that of day 0.

    ``now`` is the moment of the story: every command is told it.
    """

    def __init__(self, district: District, loaded: LoadedDistrict, *, midnight: datetime) -> None:
        self.district, self.loaded, self.midnight = district, loaded, midnight
        self.now = midnight
        self.words = data("response")
        self.places = Places.of(district)
        with acting(SYSTEM):
            self.commander, self.operator = people.account("district_commander"), people.account("district_operator")
            self.privacy = people.account("privacy_officer")
        self._version: PlanVersion | None = None
        self._activation: Activation | None = None

    @property
    def version(self) -> PlanVersion:
        """The plan's version the story is at."""
        if self._version is None:
            raise StepFailed("There is no plan yet.")
        return self._version

    @version.setter
    def version(self, version: PlanVersion) -> None:
        self._version = version

    @property
    def activation(self) -> Activation:
        """The epidemic's response as it stands in the database."""
        if self._activation is None:
            raise StepFailed("There is no response yet.")
        with acting(SYSTEM):
            return Activation.objects.select_related("incident", "plan_version").get(pk=self._activation.pk)

    @activation.setter
    def activation(self, activation: Activation) -> None:
        self._activation = activation

    def as_commander(self) -> Actor:
        """Return the district's commander at this moment."""
        return actor_of(self.commander, now=self.now)

    def as_operator(self) -> Actor:
        """Return the district's operator at this moment."""
        return actor_of(self.operator, now=self.now)

    def incident(self, title: str, hazard: str) -> Incident:
        """Report something, and confirm it."""
        with acting(self.as_operator()) as actor:
            found = activations.report_incident(
                actor=actor, now=self.now, area_code=DISTRICT, title=title, hazard=hazard, is_demo=True
            )
            return activations.verify_incident(actor=actor, now=self.now, incident=found, is_confirmed=True)

    def drafted(
        self, incident: Incident, version: PlanVersion, areas: Sequence[str], *, days: float, matter: str
    ) -> Activation:
        """Return a previewed draft at level II with its decision document; ``matter`` names words of the incident."""
        with acting(self.as_operator()) as actor:
            draft = activations.draft_activation(
                actor=actor, now=self.now, incident=incident, version=version, level="level_2", areas=areas,
                ends_at=self.now + timedelta(days=days), matter=self.words["incident"][matter], is_demo=True,
            )  # fmt: skip
        self.decision(draft)
        with acting(self.as_operator()) as actor:
            return activations.preview(actor=actor, now=self.now, activation=draft)

    def decision(self, activation: Activation) -> DecisionDocument:
        """Record the next decision document."""
        written = self.words["decision"]
        with acting(self.as_operator()) as actor:
            number = DecisionDocument.objects.count()
            return activations.record_decision(
                actor=actor, now=self.now, activation=activation, issuer=written["issuer"], rank="district",
                number=written["numbers"][number % len(written["numbers"])], issued_on=self.now.date(),
                legal_basis=written["basis"],
            )  # fmt: skip

    def sign(self, activation: Activation, signer: Actor, digest: str) -> None:
        """Sign what was looked at."""
        with acting(signer):
            activations.approve(actor=signer, now=self.now, activation=activation, digest=digest)

    def carry_out(self, activation: Activation) -> None:
        """
        Do all that is pending of the response, as the background job does.

        Raises:
            StepFailed: if a step of a street failed.
        """
        with acting(SYSTEM):
            waiting = ModeConversion.objects.filter(activation=activation, finished_at=None, effective_at__isnull=False)
            pending = list(waiting.order_by("number").values_list("uuid", flat=True))
        for uuid in pending:
            done = execution.carry_out(uuid, clock=lambda: self.now)
            if done.finished_at is None:
                with acting(SYSTEM):
                    failed = StepRun.objects.filter(conversion=done, status=StepStatus.FAILED)
                    raise StepFailed(f"Not converted: {list(failed.values_list('area_code', 'step', 'reason'))}")

    def clock_ends(self) -> int:
        """Put back what is over by the clock, as the job of every minute does; return how many conversions it took."""
        count = activations.close_lapsed(now=self.now)
        with acting(SYSTEM):
            lapsed = ModeConversion.objects.filter(finished_at=None, effective_at__isnull=False)
            owners = list(Activation.objects.filter(pk__in=lapsed.values("activation_id")))
        for activation in owners:
            self.carry_out(activation)
        return count

    def drilled(self) -> Drill:
        """Let the version be drilled by itself over the whole district."""
        said = self.words["drill"]
        inject = {"after_min": 45, "title": said["inject"], "text": said["inject_text"],
                  "post_codes": ["medical_trips_lead"]}  # fmt: skip
        with acting(self.as_commander()) as actor:
            prepared = drills.prepare_drill(
                actor=actor, now=self.now, version=self.version, title=said["title"], seed=DRILL_SEED, injects=[inject]
            )
            return drills.run_by_itself(actor=actor, now=self.now, drill=prepared)

    def told(self, drill: Drill) -> dict[str, Any]:
        """Return what a drill measured, as the story reports it."""
        found = drill.measures
        shares = {name: round(share, 3) for name, share in found["shares"].items()}
        return {"score": drill.score, "posts": found["posts"], "posts_a": found["posts_a"],
                "convert_s": found["convert_s"], "shares": shares}  # fmt: skip

    def published(self) -> int:
        """Fill in the telephone that the drafts of notices leave blank, and publish them; return how many."""
        blank, number = self.words["notice"]["blank"], self.words["notice"]["telephone"]
        with acting(self.as_commander()) as actor:
            drafts = Notice.objects.filter(activation=self.activation, status=NoticeStatus.DRAFT)
            for notice in drafts.distinct("code").order_by("code", "id"):
                command.fill_notices(actor=actor, now=self.now, notice=notice, values={blank: number})
            return command.publish_finished(actor=actor, now=self.now, activation=self.activation)

    def figures(self, activation: Activation | None = None) -> dict[str, int]:
        """Return what stands for a response, the epidemic's by default."""
        with acting(SYSTEM):
            return figures(activation or self.activation, now=self.now)

    def left(self, activation: Activation) -> dict[str, int]:
        """Return what still stands for a response that is over."""
        return {name: count for name, count in self.figures(activation).items() if count}

    def communities(self, places: Sequence[str]) -> int:
        """Return how many communities the places have."""
        with acting(SYSTEM):
            codes = Area.objects.filter(level=AreaLevel.COMMUNITY).values_list("code", flat=True)
            return sum(code.startswith(tuple(places)) for code in codes)

    def expect(self, what: str, found: object, wanted: object) -> None:
        """
        Do nothing if it is so.

        Raises:
            StepFailed: otherwise.
        """
        if found != wanted:
            raise StepFailed(f"{what}: {found!r}, expected {wanted!r}")

    def expect_levels(self, wanted: Mapping[str, str]) -> None:
        """Expect the level of each place, "" in steady state."""
        with acting(SYSTEM):
            found = posture_at(wanted, self.now)
        self.expect("levels", {code: posture.level for code, posture in found.items()}, dict(wanted))

    def refused(self, code: str, act: Callable[[], object]) -> None:
        """Expect the act to be refused for this reason."""
        try:
            act()
        except Refusal as refusal:
            self.expect("refused because", refusal.code, code)
            return
        raise StepFailed(f"Not refused: {code}")

    def books_agree(self) -> None:
        """Expect that nothing outlives what it was made for."""
        with acting(SYSTEM):
            found = list(faults(now=self.now))
        self.expect("faults", found, [])
