"""Reading what people have shown before tasks."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.enums import SERVING
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import LOADS_KG, READER, Lacks, Missing, asked_by, gates, lacking
from juxing.responders.models import Clearance, RecruitmentAnswer, Responder


def clearances_of(responder: Responder) -> list[Clearance]:
    """Return what a person has shown, newest first; the caller has looked whether the actor may see it."""
    return list(Clearance.objects.filter(responder=responder).order_by("-confirmed_at"))


def understood(responder: Responder, *, on: date) -> dict[str, date | None]:
    """Return the lessons that hold on a day, and until when; call it in the system's scope for oneself."""
    rows = Clearance.objects.filter(responder=responder, kind=ClearanceKind.TRAINING, valid_from__lte=on)
    return dict(rows.exclude(valid_until__lt=on).values_list("code", "valid_until"))


def serving_in(*, actor: Actor, area_code: str, call: UUID | None = None) -> QuerySet[Responder]:
    """Return those who serve in the place and whom the actor verifies; with ``call`` only who answered that call."""
    rows = Responder.objects.inside(actor.areas_with(policy.VERIFY)).within(area_code)
    rows = rows.filter(status__in=sorted(SERVING))
    if call is not None:
        answers = RecruitmentAnswer.objects.filter(call__uuid=call, call__in=policy.visible_calls(actor).values("pk"))
        rows = rows.filter(pk__in=answers.values("responder"))
    return rows


def missing_among(people: QuerySet[Responder], *, on: date) -> list[tuple[Missing, int]]:
    """
    Return what how many of these people have not shown, the most frequent first: counts, no names.

    The database counts who has shown each thing: nobody's papers are read, however many people there are.
    """
    asked = {one for code in gates() for one in asked_by(code)}
    fits = {
        one: Count("responder", distinct=True,
                   filter=Q(code__in=[str(load) for load in LOADS_KG if load >= int(one.code)]))
        for one in asked if one.kind == ClearanceKind.FITNESS
    }  # fmt: skip
    with acting(READER):
        count = people.count()
        shown = Clearance.objects.filter(responder__in=people.values("pk"), valid_from__lte=on)
        shown = shown.exclude(valid_until__lt=on)
        counted = shown.values_list("kind", "code").annotate(Count("id"))
        having = {Missing(kind, code): many for kind, code, many in counted}
        fit = shown.filter(kind=ClearanceKind.FITNESS).aggregate(**{f"kg_{one.code}": fits[one] for one in fits})
    having |= {one: fit[f"kg_{one.code}"] for one in fits}
    missing = {one: count - having.get(one, 0) for one in asked}
    return sorted(
        (pair for pair in missing.items() if pair[1]), key=lambda pair: (-pair[1], pair[0].kind, pair[0].code)
    )


def closed_to(responder: Responder, *, on: date) -> Lacks:
    """Return the kinds of task one cannot be asked for yet, and what is missing for each."""
    return lacking([responder.pk], gates(), on=on).get(responder.pk, {})
