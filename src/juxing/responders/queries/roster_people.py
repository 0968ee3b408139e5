"""Who may be put into a roster: verified people of its place, and whoever a signed call placed there from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.enums import SERVING
from juxing.responders.models import RecruitmentAnswer, RecruitmentNeed, Responder, Roster

MOST_CANDIDATES = 400
READER = Actor.system("rosters")


def candidates(*, actor: Actor, roster: Roster) -> list[Responder]:
    """
    Return who may be put into the roster and is not in it; at most four hundred, those placed from elsewhere first.

    Whoever shows them masks those whom the actor does not verify.
    """
    known = set(roster.members.values_list("responder_id", flat=True))
    near = policy.visible_responders(actor).within(roster.area_code).filter(status__in=sorted(SERVING))
    placed = _placed(roster, known)
    others = near.exclude(pk__in=known | {one.pk for one in placed}).order_by("name", "id")
    return [*placed, *others[:MOST_CANDIDATES]]


def may_join(*, actor: Actor, roster: Roster, ids: Iterable[int]) -> list[int]:
    """Return those of these people who may be put into the roster and are not in it yet, by id."""
    wanted = set(ids) - set(roster.members.values_list("responder_id", flat=True))
    near = policy.visible_responders(actor).within(roster.area_code).filter(status__in=sorted(SERVING), pk__in=wanted)
    placed = {one.pk for one in _placed(roster, set()) if one.pk in wanted}
    return sorted(placed | set(near.values_list("pk", flat=True)))


def _placed(roster: Roster, known: set[int]) -> list[Responder]:
    """
    Return whom a call placed within the roster's place for any of its days, but who lives elsewhere.

    It reads in the system's scope: a signed placement is what lets this place see that they come.
    """
    first = timezone.make_aware(datetime.combine(roster.starts_on, time()))
    with acting(READER):
        answers = RecruitmentAnswer.objects.filter(
            need__in=RecruitmentNeed.objects.within(roster.area_code), responder__status__in=sorted(SERVING),
            call__ends_at__gt=first, call__starts_at__lt=first + timedelta(days=roster.days),
        )  # fmt: skip
        rows = Responder.objects.filter(pk__in=answers.values("responder")).exclude(pk__in=known)
        found = list(rows.order_by("name", "id")[:MOST_CANDIDATES])
    return [one for one in found if not one.area_code.startswith(roster.area_code)]
