"""Who may see and verify responders. What a responder may do to themselves needs no right."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, Role
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.refusals import NotPermitted
from juxing.kernel.rights import declare
from juxing.kernel.scope import ScopedQuerySet
from juxing.responders.enums import SERVING
from juxing.responders.models import (
    Credential,
    Duty,
    Muster,
    RecruitmentCall,
    Responder,
    Roster,
    SwapOffer,
    TrainingSession,
    TrainingSignUp,
)

VIEW = declare(
    "responders.view",
    _("See who can help here"),
    roles={*COMMAND, *COMMUNITY_DESK, *DOORSTEP, Role.BRANCH_SECRETARY, Role.TEAM_LEADER},
)
VERIFY = declare(
    "responders.verify", _("Verify and record responders"), roles={*COMMAND, *COMMUNITY_DESK, Role.TEAM_LEADER}
)

SEE_ATTENDANCE = declare(
    "responders.see_attendance", _("See how many of those who reported in came"), roles={*COMMAND, *COMMUNITY_DESK}
)
GIVE_ACCOUNT = declare(
    "responders.give_account",
    _("Give verified responders an account for their own tasks"),
    roles={Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK},
)

ROSTER = declare(
    "responders.roster", _("Plan who is on duty when, and see who is there"),
    roles={*COMMAND, *COMMUNITY_DESK, Role.TEAM_LEADER},
)  # fmt: skip
MUSTER = declare(
    "responders.muster", _("See who was called to help in a response, and note what they say"),
    roles={*COMMAND, *COMMUNITY_DESK},
)  # fmt: skip
RECRUIT = declare(
    "responders.recruit", _("Write recruitment calls, take answers, and sign who goes where"),
    roles={*COMMAND, *COMMUNITY_DESK},
)  # fmt: skip
TRAIN = declare(
    "responders.train", _("Hold trainings: take sign-ups, note who took part and understood"),
    roles={*COMMAND, *COMMUNITY_DESK, Role.TEAM_LEADER},
)  # fmt: skip


def visible_responders(actor: Actor) -> ScopedQuerySet[Responder]:
    """Responders of the places where the actor may see them."""
    return Responder.objects.inside(actor.areas_with(VIEW))


def can_see(actor: Actor, responder: Responder) -> bool:
    """Whether the responder is one of ``visible_responders``."""
    return actor.may(VIEW, responder.area_code)


def can_verify(actor: Actor, responder: Responder) -> bool:
    """Whether the actor may confirm who this is and what they can do."""
    return actor.may(VERIFY, responder.area_code)


def can_give_account(actor: Actor, responder: Responder) -> bool:
    """Whether the actor may let this person sign in: only who was looked at, and has no account yet."""
    return actor.may(GIVE_ACCOUNT, responder.area_code) and responder.account_id is None and responder.status in SERVING


def visible_credentials(actor: Actor) -> ScopedQuerySet[Credential]:
    """The talent pool of the places where the actor may see who can help."""
    return Credential.objects.inside(actor.areas_with(VIEW))


def decides_on_credential(actor: Actor, credential: Credential) -> bool:
    """Whether the actor confirms papers there."""
    return actor.may(VERIFY, credential.area_code)


def is_clock(actor: Actor, _credential: Credential) -> bool:
    """Whether the clock acts."""
    return actor.kind is ActorKind.SYSTEM


def visible_rosters(actor: Actor) -> ScopedQuerySet[Roster]:
    """Rosters of the places where the actor plans."""
    return Roster.objects.inside(actor.areas_with(ROSTER))


def can_plan(actor: Actor, roster: Roster) -> bool:
    """Whether the actor may write this roster and see who is there."""
    return actor.may(ROSTER, roster.area_code)


def visible_duties(actor: Actor) -> ScopedQuerySet[Duty]:
    """Shifts of the rosters the actor plans."""
    return Duty.objects.inside(actor.areas_with(ROSTER))


def plans_duty(actor: Actor, duty: Duty) -> bool:
    """Whether the actor coordinates this shift, or is Juxing itself."""
    return actor.kind is ActorKind.SYSTEM or actor.may(ROSTER, duty.area_code)


def is_own_duty_or_plans(actor: Actor, duty: Duty) -> bool:
    """Whether it is the actor's own shift, or one they coordinate."""
    return plans_duty(actor, duty) or is_oneself(actor, duty.responder)


def visible_calls(actor: Actor) -> ScopedQuerySet[RecruitmentCall]:
    """Recruitment calls of the places where the actor recruits."""
    return RecruitmentCall.objects.inside(actor.areas_with(RECRUIT))


def can_recruit(actor: Actor, call: RecruitmentCall) -> bool:
    """Whether the actor may write this call and sign its placements."""
    return actor.may(RECRUIT, call.area_code)


def visible_musters(actor: Actor) -> ScopedQuerySet[Muster]:
    """People called to the places where the actor notes what they say."""
    return Muster.objects.inside(actor.areas_with(MUSTER))


def notes_muster(actor: Actor, muster: Muster) -> bool:
    """Whether the actor notes answers at this place, or is Juxing itself."""
    return actor.kind is ActorKind.SYSTEM or actor.may(MUSTER, muster.area_code)


def is_called_or_notes(actor: Actor, muster: Muster) -> bool:
    """Whether the actor is the one called, or notes what they said."""
    return notes_muster(actor, muster) or is_oneself(actor, muster.responder)


def visible_trainings(actor: Actor) -> ScopedQuerySet[TrainingSession]:
    """Trainings of the places where the actor holds them."""
    return TrainingSession.objects.inside(actor.areas_with(TRAIN))


def holds_training(actor: Actor, session: TrainingSession) -> bool:
    """Whether the actor holds trainings there, or is Juxing itself."""
    return actor.kind is ActorKind.SYSTEM or actor.may(TRAIN, session.area_code)


def notes_sign_up(actor: Actor, sign_up: TrainingSignUp) -> bool:
    """Whether the actor notes who took part there, or is Juxing itself."""
    return actor.kind is ActorKind.SYSTEM or actor.may(TRAIN, sign_up.area_code)


def is_signed_up_or_notes(actor: Actor, sign_up: TrainingSignUp) -> bool:
    """Whether it is the actor's own place, or one they note."""
    return notes_sign_up(actor, sign_up) or is_oneself(actor, sign_up.responder)


def is_on_offer_or_plans(actor: Actor, swap: SwapOffer) -> bool:
    """Whether the actor gives the shift away, or coordinates it."""
    return is_own_duty_or_plans(actor, swap.duty)


def is_taker(actor: Actor, _swap: SwapOffer) -> bool:
    """Whether the actor takes an offered shift; the command has set who that is."""
    return actor.kind is ActorKind.RESIDENT or actor.account_id is not None


def approves_swap(actor: Actor, swap: SwapOffer) -> bool:
    """Whether the actor coordinates the shift on offer."""
    return actor.may(ROSTER, swap.area_code)


def is_oneself(actor: Actor, responder: Responder) -> bool:
    """
    Whether the actor is this responder.

    Someone without an account holds the link or has proved the phone that found this one; scope let nothing else
    through.
    """
    if actor.kind is ActorKind.RESIDENT:
        return True
    return actor.account_id is not None and actor.account_id == responder.account_id


def is_oneself_or_verifies(actor: Actor, responder: Responder) -> bool:
    """Whether the actor speaks for themselves, or records what the responder said."""
    return is_oneself(actor, responder) or can_verify(actor, responder)


def is_process(actor: Actor, _responder: Responder) -> bool:
    """Whether Juxing itself acts."""
    return actor.kind is ActorKind.SYSTEM


def require(allowed: bool) -> None:
    """
    Do nothing if allowed.

    Raises:
        NotPermitted: otherwise.
    """
    if not allowed:
        raise NotPermitted
