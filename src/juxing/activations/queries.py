"""Reading incidents, activations, what is in force and how far conversions are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from juxing.activations import policy, posture, previews
from juxing.activations.enums import RUNNING, ActivationStatus, StepStatus
from juxing.activations.models import (
    Activation,
    ActivationArea,
    AreaMeasure,
    DestructionCertificate,
    EmergencyDataSet,
    Incident,
    ModeConversion,
    StepRun,
)
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.places.queries import areas_in

FULL = ("incident", "plan_version__plan", "decision", "prepared_by", "decided_by", "second_by")


@dataclass(frozen=True, slots=True)
class StreetProgress:
    """How one street stands in a conversion: its runs in order."""

    street: str
    runs: Sequence[StepRun]

    @property
    def tally(self) -> Counter[str]:
        """How many steps are in which state."""
        return Counter(run.status for run in self.runs)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do or to decide here."""
        return all(run.status in {StepStatus.DONE, StepStatus.SKIPPED} for run in self.runs)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a conversion is."""

    conversion: ModeConversion
    streets: Sequence[StreetProgress]
    totals: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """Steps that need nothing more."""
        return sum(street.tally[StepStatus.DONE] + street.tally[StepStatus.SKIPPED] for street in self.streets)

    @property
    def total(self) -> int:
        """All steps."""
        return sum(len(street.runs) for street in self.streets)

    @property
    def failed(self) -> list[StepRun]:
        """Steps that failed and wait for a decision."""
        return [run for street in self.streets for run in street.runs if run.status == StepStatus.FAILED]

    @property
    def percent(self) -> int:
        """Share of the steps done, 0-100."""
        return 100 * self.done // self.total if self.total else 100


def incidents_page(*, actor: Actor, cursor: str | None = None) -> Page[Incident]:
    """Return incidents of the actor's places, newest first, with how many activations each has."""
    rows = policy.visible_incidents(actor).annotate(activation_count=Count("activations"))
    return page_of(rows, order=("-happened_at", "-id"), cursor=cursor)


def incident(*, actor: Actor, uuid: UUID) -> Incident:
    """
    Return one incident.

    Raises:
        NotVisible: if there is none for the actor.
    """
    found = policy.visible_incidents(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def activations_of(*, actor: Actor, incident: Incident) -> list[Activation]:
    """Return the incident's activations the actor may see, newest first."""
    rows = policy.visible_activations(actor).filter(incident=incident)
    with acting(previews.PROCESS):
        return list(Activation.objects.filter(pk__in=_ids(rows)).select_related(*FULL).order_by("-id")[:100])


def activations_page(*, actor: Actor, cursor: str | None = None, size: int = 50) -> Page[Activation]:
    """Return activations of the actor's places, newest first."""
    page = page_of(policy.visible_activations(actor), order=("-starts_at", "-id"), cursor=cursor, size=size)
    with acting(previews.PROCESS):
        loaded = Activation.objects.select_related(*FULL).defer("preview").in_bulk([row.pk for row in page.rows])
    return Page([loaded[row.pk] for row in page.rows], page.next_cursor, page.previous_cursor)


def activation(*, actor: Actor, uuid: UUID) -> Activation:
    """
    Return one activation with its incident, plan version, decision and people.

    Raises:
        NotVisible: if there is none for the actor.
    """
    if not policy.visible_activations(actor).filter(uuid=uuid).exists():
        raise NotVisible
    with acting(previews.PROCESS):
        return Activation.objects.select_related(*FULL).get(uuid=uuid)


def status_at(activation: Activation, now: datetime) -> ActivationStatus:
    """Return the state by the clock: what has passed its end is expired, whether or not a job has said so."""
    if activation.status in RUNNING and activation.ends_at <= now:
        return ActivationStatus.EXPIRED
    return ActivationStatus(activation.status)


def parts_of(activation: Activation) -> list[ActivationArea]:
    """Return all parts the activation ever had, newest first."""
    return list(ActivationArea.objects.filter(activation_uuid=activation.uuid).order_by("-until", "area_code")[:500])


def conversions_of(activation: Activation) -> list[ModeConversion]:
    """Return the activation's conversions, newest first."""
    with acting(previews.PROCESS):
        rows = ModeConversion.objects.filter(activation=activation).select_related(
            "ordered_by", "second_by", "decision", "activation"
        )
        return list(rows.order_by("-number")[:100])


def conversion(*, actor: Actor, uuid: UUID) -> ModeConversion:
    """
    Return one conversion of an activation the actor may see.

    Raises:
        NotVisible: if there is none such.
    """
    with acting(previews.PROCESS):
        found = ModeConversion.objects.filter(uuid=uuid).select_related("activation__incident").first()
    if found is None or not policy.can_see(actor, found.activation):
        raise NotVisible
    return found


def progress_of(conversion: ModeConversion) -> Progress:
    """Return how far the conversion is, street by street."""
    with acting(previews.PROCESS):
        runs = list(StepRun.objects.filter(conversion=conversion).order_by("area_code", "position"))
    by_street: dict[str, list[StepRun]] = {}
    totals: Counter[str] = Counter()
    for run in runs:
        by_street.setdefault(run.area_code, []).append(run)
        for name, count in run.counts.items():
            totals[f"{run.step}.{name}"] += count
    return Progress(conversion, [StreetProgress(street, found) for street, found in by_street.items()], totals)


def step_run(*, actor: Actor, uuid: UUID) -> StepRun:
    """
    Return one step of a conversion the actor may see.

    Raises:
        NotVisible: if there is none such.
    """
    with acting(previews.PROCESS):
        found = StepRun.objects.filter(uuid=uuid).select_related("conversion__activation").first()
    if found is None or not policy.can_see(actor, found.conversion.activation):
        raise NotVisible
    return found


def measures_of(activation: Activation) -> list[AreaMeasure]:
    """Return the activation's measures, newest first."""
    with acting(previews.PROCESS):
        rows = AreaMeasure.objects.filter(activation=activation).select_related("decision", "activation")
        return list(rows.order_by("-starts_at", "-id")[:200])


def measure(*, actor: Actor, uuid: UUID) -> AreaMeasure:
    """
    Return one measure.

    Raises:
        NotVisible: if there is none for the actor.
    """
    if not policy.visible_measures(actor).filter(uuid=uuid).exists():
        raise NotVisible
    with acting(previews.PROCESS):
        return AreaMeasure.objects.select_related("activation", "decision").get(uuid=uuid)


def timeline_of(activation: Activation, *, limit: int = 60) -> list[JournalEntry]:
    """Return what was done, newest first."""
    with acting(previews.PROCESS):
        rows = JournalEntry.objects.filter(subject_type=Activation._meta.label_lower, subject_uuid=activation.uuid)
        return list(rows.order_by("-id")[:limit])


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of places; a place without a node of its own is called by its nearest named one."""
    wanted = sorted(set(codes))
    named = areas_in(code for each in wanted for code in _nearer(each))
    return {code: _named(code, named) for code in wanted}


def waiting_for(actor: Actor) -> list[Activation]:
    """Return activations of the actor's places that wait for a signature."""
    rows = policy.visible_activations(actor).filter(status=ActivationStatus.PENDING_APPROVAL)
    with acting(previews.PROCESS):
        return list(Activation.objects.filter(pk__in=_ids(rows)).select_related(*FULL).order_by("id")[:50])


def holdings_here(*, actor: Actor, now: datetime) -> list[posture.Holding]:
    """Return what holds anywhere the actor serves, highest level first: the public part, for everyone who works."""
    return posture.holdings_touching(actor.areas, now) if actor.areas else []


def grouped_lines(preview: dict[str, Any], step: str) -> list[dict[str, Any]]:
    """Return a step's lines over all streets."""
    return [
        line for street in preview.get("streets", []) for each in street["steps"] if each["step"] == step
        for line in each["changes"]
    ]  # fmt: skip


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:500])


def _nearer(code: str) -> list[str]:
    parts = code.split("-")
    return ["-".join(parts[: count + 1]) for count in range(len(parts))]


def _named(code: str, named: dict[str, Area]) -> str:
    for shorter in reversed(_nearer(code)):
        if shorter in named:
            rest = code[len(shorter) :].lstrip("-")
            return f"{named[shorter].name} {rest}".strip()
    return code


def data_sets_of(activation: Activation) -> list[EmergencyDataSet]:
    """Return what the response gathered about people, room by room; nothing before it is over."""
    with acting(previews.PROCESS):
        rows = EmergencyDataSet.objects.filter(activation=activation).select_related("reviewed_by", "activation")
        return list(rows.order_by("code"))


def data_set(*, actor: Actor, uuid: UUID) -> EmergencyDataSet:
    """
    Return one of them.

    Raises:
        NotVisible: if its response is not the actor's.
    """
    with acting(previews.PROCESS):
        found = EmergencyDataSet.objects.select_related("activation__incident").filter(uuid=uuid).first()
    if found is None or not policy.can_see(actor, found.activation):
        raise NotVisible
    return found


def certificates_of(activation: Activation) -> list[DestructionCertificate]:
    """Return the certificates of destruction, newest first."""
    with acting(previews.PROCESS):
        rows = DestructionCertificate.objects.filter(activation=activation).select_related("destroyed_by")
        return list(rows.order_by("-number"))


def certificate(*, actor: Actor, uuid: UUID) -> DestructionCertificate:
    """
    Return one certificate.

    Raises:
        NotVisible: if its response is not the actor's.
    """
    with acting(previews.PROCESS):
        rows = DestructionCertificate.objects.select_related("activation__incident", "destroyed_by")
        found = rows.filter(uuid=uuid).first()
    if found is None or not policy.can_see(actor, found.activation):
        raise NotVisible
    return found
