"""Reporting what a collection round found at a building, and pausing what residents send in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.needs import policy
from juxing.needs.enums import Priority
from juxing.needs.inputs import plain
from juxing.needs.models import CollectionRound, IntakePause, Need, RoundReport
from juxing.needs.queries.collecting import pass_at, pause_at
from juxing.places.models import Area, Building

REPORTED = journal.declare_action("needs.round.report", _("Building gone through in a collection round"))
PAUSED = journal.declare_action("needs.intake.pause", _("Intake from residents paused"))
RESUMED = journal.declare_action("needs.intake.resume", _("Intake from residents resumed"))
LONGEST_PAUSE = timedelta(hours=72)
LONGEST_TEXT = 200


class IntakePaused(Refusal):
    """Residents' requests are not taken here for a time, unless life depends on them."""


@transaction.atomic
def report_building(
    *, actor: Actor, now: datetime, found: CollectionRound, building: Building, doors_reached: int, unanswered: str = ""
) -> RoundReport:
    """
    Say what this pass found at a building; said again, it takes the place of what was said before.

    Raises:
        NotPermitted: if the actor records nothing there.
        NotVisible: if the building is not part of the round.
        InvalidInput: if more doors were reached than there are.
        Refusal: if the round is over.
    """
    policy.require(policy.can_record(actor, building.area_code))
    if not building.area_code.startswith(found.area_code):
        raise NotVisible
    if found.closed_at is not None or found.ends_at <= now:
        raise Refusal("round_over", _("This round is over."))
    if not 0 <= doors_reached <= max(building.households.count(), 1):
        raise InvalidInput("doors_many", _("The building has fewer doors."), field="doors_reached")
    report, _is_new = RoundReport.objects.update_or_create(
        round=found, pass_number=pass_at(found, now).number, area_code=building.area_code,
        defaults={"doors_reached": doors_reached, "unanswered": plain(unanswered)[:LONGEST_TEXT],
                  "reported_by_id": actor.account_id, "reported_at": now},
    )  # fmt: skip
    journal.record_many([
        journal.Fact(
            action=REPORTED, subject_type=CollectionRound._meta.label_lower, subject_uuid=found.uuid,
            area_code=building.area_code, changes={"pass": report.pass_number, "doors_reached": doors_reached},
        )
    ]).by(actor, happened_at=now)  # fmt: skip
    return report


@transaction.atomic
def pause_intake(
    *, actor: Actor, now: datetime, area_code: str, reason: str, instead: str, ends_at: datetime
) -> IntakePause:
    """
    Take in only what is life-critical from residents of a place until ``ends_at``, 72 hours at most.

    Raises:
        NotPermitted: if the actor does not command there.
        InvalidInput: without a reason, without what to do instead, or with no end within 72 hours.
        Refusal: if it is paused there already.
    """
    policy.require(actor.may(policy.PAUSE, area_code))
    if not Area.objects.filter(code=area_code).exists():
        raise InvalidInput("place_unknown", _("There is no place with this code."), field="area_code")
    why, what = plain(reason)[:LONGEST_TEXT], plain(instead)[:LONGEST_TEXT]
    if not why:
        raise InvalidInput("reason_missing", _("Say why. Residents will read it."), field="reason")
    if not what:
        raise InvalidInput("instead_missing", _("Say what residents do instead."), field="instead")
    if not now < ends_at <= now + LONGEST_PAUSE:
        raise InvalidInput("pause_long", _("A pause ends within 72 hours."), field="ends_at")
    if IntakePause.objects.filter(area_code=area_code, ends_at__gt=now).exists():
        raise Refusal("paused_already", _("Intake is paused here already. Resume it, then pause it anew."))
    pause = IntakePause.objects.create(
        area_code=area_code, reason=why, instead=what, starts_at=now, ends_at=ends_at, paused_by_id=actor.account_id
    )
    journal.record(PAUSED, actor=actor, subject=pause, happened_at=now, reason=why,
                   changes={"until": ends_at.isoformat(), "instead": what})  # fmt: skip
    return pause


@transaction.atomic
def resume_intake(*, actor: Actor, now: datetime, pause: IntakePause) -> IntakePause:
    """
    End a pause before its end; one that is over stays as it is.

    Raises:
        NotPermitted: if the actor does not command there.
    """
    policy.require(actor.may(policy.PAUSE, pause.area_code))
    locked = IntakePause.objects.select_for_update(of=("self",)).get(pk=pause.pk)
    if locked.ends_at > now:
        locked.ends_at = max(now, locked.starts_at)
        locked.save(update_fields=["ends_at"])
        journal.record(RESUMED, actor=actor, subject=locked, happened_at=now)
    return locked


def refuse_while_paused(need: Need, *, actor: Actor, now: datetime) -> None:
    """
    Let everything pass that staff record, and everything on which life depends.

    Raises:
        IntakePaused: for what a resident sends in where intake is paused; says why, until when, and what to do.
    """
    if actor.kind is not ActorKind.RESIDENT or need.priority == Priority.LIFE_CRITICAL:
        return
    pause = pause_at(need.area_code, now=now)
    if pause is not None:
        raise IntakePaused(
            "intake_paused",
            _("Only what life depends on is taken in here until %(until)s: %(reason)s. Instead: %(instead)s")
            % {"until": pause_end(pause), "reason": pause.reason, "instead": pause.instead},
        )


def pause_end(pause: IntakePause) -> str:
    """Return the end of a pause as people write it, in local time."""
    return timezone.localtime(pause.ends_at).strftime("%m-%d %H:%M")
