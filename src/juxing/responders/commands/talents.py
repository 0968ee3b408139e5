"""The talent pool: handing in what one can give, deciding on it, and what the clock does to it."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.people.messages import Message, send_after_commit
from juxing.responders import policy
from juxing.responders.enums import ReportInStatus
from juxing.responders.lifecycle import CREDENTIAL
from juxing.responders.models import Credential, Responder
from juxing.responders.papers import checked_paper
from juxing.responders.talent_enums import SKILLS_OF, CredentialStatus, TalentCategory

HANDED_IN = journal.declare_action("responders.credential.hand_in", _("Talent or credential handed in"))
TAKEN_BACK = journal.declare_action("responders.credential.take_back", _("Talent or credential taken back"))
OPENED = journal.declare_action("responders.credential.open", _("Paper of a credential looked at"))
PROCESS = Actor.system("credentials")
REMIND_DAYS = (30, 7)
MOST_CREDENTIALS = 20
FARTHEST = timedelta(days=20 * 366)
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class CredentialInput:
    """What is handed in; without a paper it is a talent that opens no skill for matching."""

    category: str
    title: str
    skill: str = ""
    paper: bytes = b""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at the clock did to credentials."""

    expired: int
    reminded: int


@transaction.atomic
def hand_in_credential(*, actor: Actor, now: datetime, responder: Responder, given: CredentialInput) -> Credential:
    """
    Hand in a talent, with the paper for the skill it opens; a person looks at it before it counts.

    Raises:
        NotPermitted: if it is neither the person nor one who verifies there.
        InvalidInput: naming the field that cannot be taken.
    """
    locked: Responder = Responder._base_manager.select_for_update(of=("self",)).get(pk=responder.pk)
    policy.require(policy.is_oneself_or_verifies(actor, locked) and locked.status != ReportInStatus.WITHDRAWN)
    title = given.title.replace("\x00", "").strip()
    _require_sound(given, title, today=localdate(now))
    if Credential.objects.filter(responder=locked).count() >= MOST_CREDENTIALS:
        raise InvalidInput("credentials_many", _("That is enough for now: remove one first."), field="title")
    paper, paper_type = checked_paper(given.paper) if given.paper else (b"", "")
    made = Credential.objects.create(
        responder=locked, area_code=locked.area_code, category=given.category, skill=given.skill, title=title,
        paper=base64.b64encode(paper).decode(), paper_type=paper_type, valid_until=given.valid_until, submitted_at=now,
    )  # fmt: skip
    made.refresh_from_db(fields=["uuid"])
    journal.record(HANDED_IN, actor=actor, subject=made, happened_at=now, changes={"category": given.category})
    return made


@transaction.atomic
def verify_credential(
    *, actor: Actor, now: datetime, credential: Credential, valid_until: date | None = None
) -> Credential:
    """
    Confirm that the paper is what it says; its skill opens for matching until it runs out.

    Raises:
        NotPermitted: if the actor does not verify there, or it is their own.
        InvalidInput: if it has run out already.
    """
    _require_another(actor, credential)
    until = valid_until or credential.valid_until
    if until is not None and until < localdate(now):
        raise InvalidInput("credential_over", _("It has run out already."), field="valid_until")
    changes = {"decided_at": now, "decided_by_id": actor.account_id, "valid_until": until, "reminded_for": None}
    held = CREDENTIAL.move(credential, "verify", actor=actor, now=now, changes=changes)
    if held.skill:
        person = Responder._base_manager.select_for_update(of=("self",)).get(pk=held.responder_id)
        if held.skill not in person.skills:
            Responder.objects.filter(pk=person.pk).update(skills=[*person.skills, held.skill])
    return held


@transaction.atomic
def refuse_credential(*, actor: Actor, now: datetime, credential: Credential, reason: str) -> Credential:
    """
    Not accept it, and say why; the paper is removed, and another may be handed in.

    Raises:
        NotPermitted: if the actor does not verify there, or it is their own.
        InvalidInput: without a reason.
    """
    _require_another(actor, credential)
    said = reason.replace("\x00", "").strip()[:200]
    if not said:
        raise InvalidInput("reason_missing", _("Say why, so that they can hand in the right one."), field="reason")
    changes = {"decided_at": now, "decided_by_id": actor.account_id, "refusal": said, "paper": "", "paper_type": ""}
    held = CREDENTIAL.move(credential, "refuse", actor=actor, now=now, reason=said, changes=changes)
    _close_skills([held])
    return held


@transaction.atomic
def take_back_credential(*, actor: Actor, now: datetime, credential: Credential) -> None:
    """Remove it, paper and all; the skill it opened closes. No reason is asked."""
    policy.require(policy.is_oneself_or_verifies(actor, credential.responder))
    journal.record(TAKEN_BACK, actor=actor, subject=credential, happened_at=now)
    was_open = credential.status == CredentialStatus.VERIFIED
    gone = Credential(responder_id=credential.responder_id, skill=credential.skill if was_open else "")
    credential.delete()
    _close_skills([gone])


@transaction.atomic
def open_paper(*, actor: Actor, now: datetime, credential: Credential) -> tuple[bytes, str]:
    """
    Return the paper and its type, for whoever decides on it; each look is written down.

    Raises:
        NotPermitted: if the actor does not verify there, or it is their own.
        InvalidInput: if there is none (any more).
    """
    _require_another(actor, credential)
    if not credential.paper:
        raise InvalidInput("paper_gone", _("There is no paper, or it was removed."))
    journal.record(OPENED, actor=actor, subject=credential, happened_at=now)
    return base64.b64decode(credential.paper), credential.paper_type


@transaction.atomic
def look_at_credentials(*, now: datetime) -> Looked:
    """
    Close the skills of credentials that ran out, and remind 30 and 7 days before; call it in the system's scope.

    Run twice a day it changes and says nothing more. A fixed number of statements for any number of people.
    """
    today = localdate(now)
    verified = Credential.objects.filter(status=CredentialStatus.VERIFIED)
    over = list(verified.filter(valid_until__lt=today).order_by("id").values_list("id", flat=True)[:AT_ONCE])
    moved = CREDENTIAL.move_many(over, "expire", actor=PROCESS, now=now)
    rows = list(Credential.objects.filter(pk__in=over, status=CredentialStatus.EXPIRED))
    Credential.objects.filter(pk__in=[row.pk for row in rows]).update(paper="", paper_type="")
    _close_skills(rows)
    return Looked(expired=len(moved), reminded=sum(_remind(days, today=today) for days in sorted(REMIND_DAYS)))


def _remind(days: int, *, today: date) -> int:
    """Remind everyone whose credential ends within so many days and who was not reminded of that yet."""
    ending = Credential.objects.filter(
        status=CredentialStatus.VERIFIED, valid_until__gte=today, valid_until__lte=today + timedelta(days=days)
    ).exclude(reminded_for__lte=days)
    rows = list(ending.select_related("responder").order_by("id")[:AT_ONCE])
    for row in rows:
        if row.responder.phone:
            words = gettext("Your “%(title)s” runs out on %(until)s. Hand in the new one on your page to be asked on.")
            send_after_commit(Message(
                row.responder.phone, words % {"title": row.title, "until": row.valid_until}, "credential_ending"
            ))  # fmt: skip
    return Credential.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_for=days)


def _close_skills(ended: Iterable[Credential]) -> None:
    """Take the skills of these from their people, but for those another verified credential still opens."""
    closing: defaultdict[int, set[str]] = defaultdict(set)
    for row in ended:
        if row.skill:
            closing[row.responder_id].add(row.skill)
    if not closing:
        return
    others = Credential.objects.filter(responder_id__in=list(closing), status=CredentialStatus.VERIFIED)
    for person, skill in others.values_list("responder_id", "skill"):
        closing[person].discard(skill)
    people = list(Responder.objects.filter(pk__in=[person for person, skills in closing.items() if skills]))
    for one in people:
        one.skills = [skill for skill in one.skills if skill not in closing[one.pk]]
    Responder.objects.bulk_update(people, ["skills"], batch_size=500)


def _require_sound(given: CredentialInput, title: str, *, today: date) -> None:
    if given.category not in TalentCategory.values:
        raise InvalidInput("category_unknown", _("Choose one of the list."), field="category")
    if not title or len(title) > 80:
        raise InvalidInput("title_missing", _("Write what it is called, at most 80 characters."), field="title")
    if given.skill and given.skill not in SKILLS_OF.get(given.category, ()):
        raise InvalidInput("skill_elsewhere", _("This skill belongs to another category."), field="skill")
    if given.skill and not given.paper:
        raise InvalidInput("paper_missing", _("For a skill a photo or PDF of the paper is needed."), field="paper")
    if given.valid_until is not None and not today <= given.valid_until <= today + FARTHEST:
        raise InvalidInput("valid_until_range", _("Choose a day from today on."), field="valid_until")


def _require_another(actor: Actor, credential: Credential) -> None:
    actor.require(policy.VERIFY, credential.area_code)
    if credential.responder.account_id is not None and credential.responder.account_id == actor.account_id:
        raise NotPermitted
