"""Reading what people have shown before tasks."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.responders import policy
from juxing.responders.enums import SERVING
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import Lacks, Missing, gates, lacking
from juxing.responders.models import Clearance, RecruitmentAnswer, Responder


def clearances_of(responder: Responder) -> list[Clearance]:
    """Return what a person has shown, newest first; the caller has looked whether the actor may see it."""
    return list(Clearance.objects.filter(responder=responder).order_by("-confirmed_at"))


def understood(responder: Responder, *, on: date) -> dict[str, date | None]:
    """Return the lessons that hold on a day, and until when; call it in the system's scope for oneself."""
    rows = Clearance.objects.filter(responder=responder, kind=ClearanceKind.TRAINING, valid_from__lte=on)
    return dict(rows.exclude(valid_until__lt=on).values_list("code", "valid_until"))


def serving_in(*, actor: Actor, area_code: str, call: UUID | None = None) -> list[int]:
    """Return those who serve in the place and whom the actor verifies; with ``call`` only who answered that call."""
    rows = Responder.objects.inside(actor.areas_with(policy.VERIFY)).within(area_code)
    rows = rows.filter(status__in=sorted(SERVING))
    if call is not None:
        answers = RecruitmentAnswer.objects.filter(call__uuid=call, call__in=policy.visible_calls(actor).values("pk"))
        rows = rows.filter(pk__in=answers.values("responder"))
    return list(rows.order_by("id").values_list("id", flat=True))


def missing_among(responder_ids: list[int], *, on: date) -> list[tuple[Missing, int]]:
    """Return what how many of these people have not shown, the most frequent first: counts, no names."""
    counted = Counter(
        one
        for lacks in lacking(responder_ids, gates(), on=on).values()
        for one in {one for missing in lacks.values() for one in missing}
    )
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].kind, pair[0].code))


def closed_to(responder: Responder, *, on: date) -> Lacks:
    """Return the kinds of task one cannot be asked for yet, and what is missing for each."""
    return lacking([responder.pk], gates(), on=on).get(responder.pk, {})
