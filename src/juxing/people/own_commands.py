"""What residents do about their own data, and how the community answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.people import policy
from juxing.people.commands import CONSENT_GIVEN, CONSENT_WITHDRAWN
from juxing.people.enums import ConsentKind, RequestKind
from juxing.people.models import Consent, DataSubjectRequest, Resident
from juxing.people.personal_fields import purposes

ANSWERED_WITHIN = timedelta(days=15)
OPEN_AT_MOST = 20
ASKED = journal.declare_action("people.request.ask", _("Asked about the own data"))
ANSWERED = journal.declare_action("people.request.answer", _("Request about own data answered"))
OPENED = journal.declare_action("people.own.open", _("Own data opened by the resident"))
COPIED = journal.declare_action("people.own.copy", _("Copy of the own data taken by the resident"))
WITHDRAWN = journal.declare_action("people.request.withdraw", _("Objection withdrawn"))


@transaction.atomic
def ask_about_own_data(
    *, actor: Actor, now: datetime, resident: Resident, kind: str, written: str = "", objection: str = ""
) -> DataSubjectRequest:
    """
    Write down what a resident asks; an objection stands at once.

    Raises:
        InvalidInput: for an unknown kind or purpose, or without a word what is meant.
        Refusal: if twenty are open.
    """
    _require_self_or_clerk(actor, resident)
    if kind not in RequestKind.values:
        raise InvalidInput("request_kind_unknown", _("Choose from the list."), field="kind")
    if kind == RequestKind.OBJECTION and objection not in purposes:
        raise InvalidInput("purpose_unknown", _("Choose a purpose from the list."), field="objection")
    if kind != RequestKind.OBJECTION and not written.strip():
        raise InvalidInput("words_missing", _("Write in a sentence what you mean."), field="written")
    mine = DataSubjectRequest.objects.filter(resident=resident, answered_at__isnull=True)
    if mine.count() >= OPEN_AT_MOST:
        raise Refusal("requests_full", _("Twenty requests are open already. Wait for an answer, or call."))
    against = objection if kind == RequestKind.OBJECTION else ""
    standing = mine.filter(kind=kind, objection=against, withdrawn_at__isnull=True)
    if against and (known := standing.first()) is not None:
        return known
    asked = DataSubjectRequest.objects.create(
        area_code=resident.area_code, resident=resident, kind=kind, objection=against, written=written.strip()[:1000],
        asked_at=now, due_at=now + ANSWERED_WITHIN,
    )  # fmt: skip
    asked.refresh_from_db(fields=["uuid"])
    journal.record(ASKED, actor=actor, subject=asked, happened_at=now, changes={"kind": kind, "purpose": against})
    return asked


@transaction.atomic
def answer_request(*, actor: Actor, now: datetime, request: DataSubjectRequest, grant: bool, note: str) -> None:
    """
    Answer once: done, or not, with the reason and where to go next.

    Raises:
        NotPermitted: unless the actor answers such requests at the place.
        InvalidInput: without a word.
        Refusal: if it is answered.
    """
    held = DataSubjectRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not policy.can_answer_request(actor, held):
        raise NotPermitted
    if held.answered_at is not None:
        raise Refusal("request_answered", _("This is answered already."))
    if not note.strip():
        raise InvalidInput(
            "note_missing", _("Write what was done; if it was not done, why, and where to complain."), field="note"
        )
    held.answered_by_id, held.answered_at, held.is_granted = actor.account_id, now, grant
    held.answer_note = note.strip()[:1000]
    held.save(update_fields=["answered_by", "answered_at", "is_granted", "answer_note"])
    journal.record(ANSWERED, actor=actor, subject=held, happened_at=now, changes={"granted": grant})


@transaction.atomic
def withdraw_objection(*, actor: Actor, now: datetime, request: DataSubjectRequest) -> None:
    """Let a use go on that the resident had objected to; doing it twice changes nothing."""
    _require_self_or_clerk(actor, request.resident)
    rows = DataSubjectRequest.objects.filter(pk=request.pk, kind=RequestKind.OBJECTION, withdrawn_at__isnull=True)
    if rows.update(withdrawn_at=now):
        journal.record(WITHDRAWN, actor=actor, subject=request, happened_at=now)


@transaction.atomic
def decide_own_consent(*, actor: Actor, now: datetime, resident: Resident, purpose: str, is_given: bool) -> None:
    """
    Give consent to a purpose, or withdraw every consent to it; what stands already is left.

    Raises:
        InvalidInput: for a purpose nobody registered.
    """
    _require_self_or_clerk(actor, resident)
    if purpose not in purposes:
        raise InvalidInput("purpose_unknown", _("Choose a purpose from the list."), field="purpose")
    standing = Consent.objects.filter(resident=resident, purpose=purpose, withdrawn_at__isnull=True)
    if is_given and not standing.exists():
        given = Consent.objects.create(
            resident=resident, area_code=resident.area_code, purpose=purpose, kind=ConsentKind.SEPARATE, given_at=now,
            recorded_by_id=actor.account_id,
        )  # fmt: skip
        given.refresh_from_db(fields=["uuid"])
        journal.record(CONSENT_GIVEN, actor=actor, subject=given, happened_at=now, changes={"purpose": purpose})
    elif not is_given:
        for consent in standing.select_for_update(of=("self",)):
            Consent.objects.filter(pk=consent.pk).update(withdrawn_at=now)
            journal.record(
                CONSENT_WITHDRAWN, actor=actor, subject=consent, happened_at=now, changes={"purpose": purpose}
            )


def note_own_look(*, actor: Actor, now: datetime, resident: Resident, is_copy: bool = False) -> None:
    """Write down that somebody opened this record as the resident, or took a copy: a stranger's try leaves a trace."""
    journal.record(COPIED if is_copy else OPENED, actor=actor, subject=resident, happened_at=now)


def _require_self_or_clerk(actor: Actor, resident: Resident) -> None:
    if actor.kind != ActorKind.RESIDENT and not policy.can_change(actor, resident):
        raise NotPermitted
