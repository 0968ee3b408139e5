"""Who may see organisations, who keeps their register, and who may say what about posts, pledges and staff."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from juxing.access.roles import COMMAND, COMMUNITY_DESK, DOORSTEP, Role
from juxing.kernel.actors import Actor
from juxing.kernel.rights import declare, rights
from juxing.kernel.scope import ScopedQuerySet
from juxing.organisations.models import (
    Absence,
    ActionBranch,
    ChecklistSheet,
    CommitteeDecision,
    CommitteeMeeting,
    CommitteeMember,
    JointCommittee,
    MeetingAttendance,
    Organisation,
    Pledge,
    Post,
    PostHolding,
    ResponsibilityCoverage,
    StaffMember,
    Team,
    TemporaryBody,
    WorkProgramme,
)

COMMUNITY_LENGTH = 12
KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.DISTRICT_OPERATOR, Role.STREET_OPERATOR, *COMMUNITY_DESK})

SEE = declare(
    "organisations.see", _("See organisations, teams and posts"),
    roles=frozenset(Role) - {Role.RESIDENT, Role.SECURITY_AUDITOR},
)  # fmt: skip
MANAGE = declare("organisations.manage", _("Keep the register of organisations"), roles=KEEPERS)
IMPORT = declare("organisations.import", _("Import organisations from a spreadsheet"), roles=KEEPERS)
EXPORT = declare(
    "organisations.export", _("Take lists of posts, pledges and coverage out as a spreadsheet"),
    roles=KEEPERS | COMMAND,
)  # fmt: skip
FORM_BODIES = declare(
    "organisations.form_bodies", _("Set up and dissolve temporary branches, groups and task forces"),
    roles=KEEPERS | COMMAND,
)  # fmt: skip
COVER = declare("organisations.cover", _("Say who answers for which place"), roles=KEEPERS | COMMAND)
SEE_COVERAGE = declare(
    "organisations.see_coverage", _("See who answers for which place"), roles=KEEPERS | COMMAND | DOORSTEP
)
PLEDGE = declare(
    "organisations.pledge", _("Pledge for one's own unit"), roles=KEEPERS | COMMAND | {Role.ORGANISATION_MANAGER}
)
KEEP_STAFF = declare(
    "organisations.keep_staff", _("Keep the staff register with training and evaluations of work"),
    roles={Role.DISTRICT_OPERATOR, Role.STREET_COMMANDER, Role.STREET_OPERATOR, Role.COMMUNITY_SECRETARY},
)  # fmt: skip
COUNT = declare(
    "organisations.count", _("Enter what was done for a work programme"), roles=KEEPERS | COMMAND | DOORSTEP
)


def can_see(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may see the organisation."""
    return actor.may(SEE, organisation.area_code)


def can_manage(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor may change the organisation."""
    return actor.may(MANAGE, organisation.area_code)


def visible_organisations(actor: Actor) -> ScopedQuerySet[Organisation]:
    """Organisations for which ``can_see`` holds."""
    return Organisation.objects.inside(actor.areas_with(SEE))


def visible_teams(actor: Actor) -> ScopedQuerySet[Team]:
    """Teams of places whose organisations the actor sees."""
    return Team.objects.inside(actor.areas_with(SEE))


def visible_branches(actor: Actor) -> ScopedQuerySet[ActionBranch]:
    """Action branches of places whose organisations the actor sees."""
    return ActionBranch.objects.inside(actor.areas_with(SEE))


def visible_bodies(actor: Actor) -> ScopedQuerySet[TemporaryBody]:
    """Temporary bodies of places whose organisations the actor sees."""
    return TemporaryBody.objects.inside(actor.areas_with(SEE))


def can_see_post(actor: Actor, post: Post) -> bool:
    """Whether the actor may see the post and who holds it."""
    return actor.may(SEE, post.area_code)


def visible_posts(actor: Actor) -> ScopedQuerySet[Post]:
    """Posts for which ``can_see_post`` holds."""
    return Post.objects.inside(actor.areas_with(SEE))


def can_give_on(actor: Actor, role: str, area_code: str) -> bool:
    """
    Whether the actor may say that whoever steps in gets this role there: nobody gives on more than they have.

    Desks of a street or district may, and who holds every right of the role at the place.
    """
    if not role or actor.rights_everywhere:
        return True
    above = (grant for grant in actor.grants if grant.role in KEEPERS and len(grant.area_code) < COMMUNITY_LENGTH)
    if any(area_code.startswith(grant.area_code) for grant in above):
        return True
    return all(actor.may(right, area_code) for _code, right in rights if role in right.roles)


def can_declare_absence(actor: Actor, holding: PostHolding) -> bool:
    """Whether the actor may say that this holder is away or back: the holder, or who keeps the register there."""
    is_oneself = actor.account_id is not None and actor.account_id == holding.account_id
    return is_oneself or actor.may(MANAGE, holding.area_code)


def visible_absences(actor: Actor) -> ScopedQuerySet[Absence]:
    """Absences from posts the actor sees."""
    return Absence.objects.inside(actor.areas_with(SEE))


def can_see_committee(actor: Actor, committee: JointCommittee) -> bool:
    """Whether the actor may see the joint committee and its pledges."""
    return actor.may(SEE, committee.area_code)


def visible_committees(actor: Actor) -> ScopedQuerySet[JointCommittee]:
    """Joint committees for which ``can_see_committee`` holds."""
    return JointCommittee.objects.inside(actor.areas_with(SEE))


def can_pledge_for(actor: Actor, member: CommitteeMember) -> bool:
    """Whether the actor may pledge in the unit's name: its liaison, or who keeps the register there."""
    is_liaison = actor.account_id is not None and actor.account_id == member.liaison_id
    return (is_liaison and actor.may(PLEDGE, member.area_code)) or actor.may(MANAGE, member.area_code)


def can_change_pledge(actor: Actor, pledge: Pledge) -> bool:
    """Whether the actor may offer or withdraw the pledge: see ``can_pledge_for``."""
    return can_pledge_for(actor, pledge.member)


def can_call_pledge(actor: Actor, pledge: Pledge) -> bool:
    """Whether the actor may accept a pledge, call on it and write down what came."""
    return actor.may(MANAGE, pledge.area_code) or actor.may(FORM_BODIES, pledge.area_code)


def visible_pledges(actor: Actor) -> ScopedQuerySet[Pledge]:
    """Pledges of committees the actor sees."""
    return Pledge.objects.inside(actor.areas_with(SEE))


def can_see_coverage(actor: Actor, coverage: ResponsibilityCoverage) -> bool:
    """Whether the actor may see who answers for the place."""
    return actor.may(SEE_COVERAGE, coverage.area_code)


def visible_coverage(actor: Actor) -> ScopedQuerySet[ResponsibilityCoverage]:
    """Coverage for which ``can_see_coverage`` holds."""
    return ResponsibilityCoverage.objects.inside(actor.areas_with(SEE_COVERAGE))


def can_tick(actor: Actor, sheet: ChecklistSheet) -> bool:
    """Whether the actor may tick the sheet: only the person whose duties they are."""
    return actor.account_id is not None and actor.account_id == sheet.account_id


def can_see_sheet(actor: Actor, sheet: ChecklistSheet) -> bool:
    """Whether the actor may see the sheet: its person, or who keeps the register there."""
    return can_tick(actor, sheet) or actor.may(MANAGE, sheet.area_code)


def visible_sheets(actor: Actor) -> ScopedQuerySet[ChecklistSheet]:
    """Sheets for which ``can_see_sheet`` holds."""
    mine = ChecklistSheet.objects.get_queryset().filter(account_id=actor.account_id or 0)
    return mine | ChecklistSheet.objects.inside(actor.areas_with(MANAGE))


def visible_programmes(actor: Actor) -> ScopedQuerySet[WorkProgramme]:
    """Work programmes of places where the actor counts."""
    return WorkProgramme.objects.inside(actor.areas_with(COUNT))


def can_see_staff(actor: Actor, member: StaffMember) -> bool:
    """Whether the actor may see this entry of the staff register: the person, or who keeps it there."""
    is_oneself = actor.account_id is not None and actor.account_id == member.account_id
    return is_oneself or actor.may(KEEP_STAFF, member.area_code)


def visible_staff(actor: Actor) -> ScopedQuerySet[StaffMember]:
    """Entries for which ``can_see_staff`` holds."""
    mine = StaffMember.objects.get_queryset().filter(account_id=actor.account_id or 0)
    return mine | StaffMember.objects.inside(actor.areas_with(KEEP_STAFF))


def can_run_meeting(actor: Actor, meeting: CommitteeMeeting) -> bool:
    """Whether the actor plans, calls and records the meeting: the committee's secretary, or who keeps the register."""
    return runs_committee(actor, meeting.committee)


def runs_committee(actor: Actor, committee: JointCommittee) -> bool:
    """Whether the actor is the committee's secretary, or keeps the register there."""
    is_secretary = actor.account_id is not None and actor.account_id == committee.secretary_id
    return (is_secretary and actor.may(SEE, committee.area_code)) or actor.may(MANAGE, committee.area_code)


def visible_meetings(actor: Actor) -> ScopedQuerySet[CommitteeMeeting]:
    """Meetings of committees the actor sees."""
    return CommitteeMeeting.objects.inside(actor.areas_with(SEE))


def can_answer_for(actor: Actor, attendance: MeetingAttendance) -> bool:
    """Whether the actor says if the unit comes: who is invited for it, or who runs the meeting."""
    is_invited = actor.account_id is not None and actor.account_id == attendance.account_id
    return (is_invited and actor.may(SEE, attendance.area_code)) or can_note_attendance(actor, attendance)


def can_note_attendance(actor: Actor, attendance: MeetingAttendance) -> bool:
    """Whether the actor writes down who was there: who runs the meeting."""
    return can_run_meeting(actor, attendance.meeting)


def visible_decisions(actor: Actor) -> ScopedQuerySet[CommitteeDecision]:
    """Decisions of committees the actor sees."""
    return CommitteeDecision.objects.inside(actor.areas_with(SEE))


def can_change_decision(actor: Actor, decision: CommitteeDecision) -> bool:
    """Whether the actor drops, reopens or puts off the decision: who runs the committee's meetings."""
    return can_run_meeting(actor, decision.meeting)


def can_follow_decision(actor: Actor, decision: CommitteeDecision) -> bool:
    """
    Whether the actor says how far the decision is: who answers for it, or who runs the meetings.

    For an organisation answers who speaks for it in this committee, for a post whoever holds it.
    """
    return can_change_decision(actor, decision) or (
        actor.account_id is not None
        and actor.may(SEE, decision.area_code)
        and actor.account_id in accounts_answering(decision)
    )


def accounts_answering(decision: CommitteeDecision) -> set[int]:
    """Return the accounts that answer for a decision."""
    if decision.post_id is not None:
        held = PostHolding.objects.filter(post_id=decision.post_id, ends_at__isnull=True)
        return set(held.values_list("account_id", flat=True))
    seats = CommitteeMember.objects.filter(
        committee_id=decision.meeting.committee_id, organisation_id=decision.organisation_id or 0, left_on__isnull=True,
        liaison__isnull=False,
    )  # fmt: skip
    return {found for found in seats.values_list("liaison_id", flat=True) if found is not None}
