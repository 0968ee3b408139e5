"""Recruitment calls: writing, publishing, answering, placing who answered, closing. No is free at every step."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.responders import policy
from juxing.responders.enums import ReportInChannel, ReportInStatus
from juxing.responders.lifecycle import RECRUITMENT, RESPONDER
from juxing.responders.models import RecruitmentAnswer, RecruitmentCall, RecruitmentNeed, Responder
from juxing.responders.placing_nearest import CallPlacement, placement_of
from juxing.responders.recruitment_enums import RecruitmentStatus
from juxing.responders.recruitment_inputs import CallInput, cleaned

PROCESS = Actor.system("recruitment")
ONESELF = Actor.resident()
"""Whoever has proved the phone of the responder they speak for."""
WRITTEN = journal.declare_action("responders.recruitment.write", _("Recruitment call written"))
ANSWERED = journal.declare_action("responders.recruitment.answer", _("Answered a recruitment call"))
TAKEN_BACK = journal.declare_action("responders.recruitment.take_back", _("Took back the answer to a call"))
PLACED = journal.declare_action("responders.recruitment.place", _("Placed after a recruitment call"))
SIGNED = journal.declare_action("responders.recruitment.sign", _("Placement signed"))
ALPHABET = "ACDEFHJKLMNPQRTUVWXY34679"
CODE_LENGTH = 8


@transaction.atomic
def write_call(
    *, actor: Actor, now: datetime, given: CallInput, call: RecruitmentCall | None = None
) -> RecruitmentCall:
    """
    Write a call, or write a draft anew.

    Raises:
        NotPermitted: if the actor does not recruit there.
        InvalidInput: naming the field that cannot be taken.
        Refusal: if it is published already; people answered what stood there.
    """
    clean = cleaned(given, now=now)
    actor.require(policy.RECRUIT, clean.area_code)
    texts = {
        name: getattr(clean, name) for name in ("area_code", "title", "work", "risks", "provided", "place",
                                                "enquiries", "starts_at", "ends_at", "answer_by")
    }  # fmt: skip
    if call is None:
        code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LENGTH))
        written = RecruitmentCall.objects.create(
            code=code, written_by_id=actor.account_id, written_at=now, **texts
        )  # fmt: skip
    else:
        written = RecruitmentCall._base_manager.select_for_update().get(pk=call.pk)
        policy.require(policy.can_recruit(actor, written))
        if written.status != RecruitmentStatus.DRAFT:
            raise Refusal("call_published", _("This call is published. Close it and write another one."))
        for name, value in texts.items():
            setattr(written, name, value)
        written.save(update_fields=list(texts))
        written.needs.all().delete()
    RecruitmentNeed.objects.bulk_create(
        RecruitmentNeed(call=written, position=need.position, title=need.title.strip()[:40], skill=need.skill,
                        count=need.count, area_code=need.area_code)
        for need in clean.needs
    )  # fmt: skip
    journal.record(WRITTEN, actor=actor, subject=written, happened_at=now, changes={"needs": len(clean.needs)})
    return written


@transaction.atomic
def publish_call(*, actor: Actor, now: datetime, call: RecruitmentCall) -> RecruitmentCall:
    """Publish a call: from now on anybody can read it and answer."""
    if call.answer_by <= now:
        raise Refusal("call_over", _("The time to answer has passed. Change it first."))
    return RECRUITMENT.move(call, "publish", actor=actor, now=now)


@transaction.atomic
def close_call(*, actor: Actor, now: datetime, call: RecruitmentCall, note: str = "") -> RecruitmentCall:
    """Close a call; those placed keep their place, the others are thanked and nothing is asked of them."""
    return RECRUITMENT.move(call, "close", actor=actor, now=now, changes={"closing_note": note.strip()[:400]})


@transaction.atomic
def discard_call(*, actor: Actor, now: datetime, call: RecruitmentCall) -> RecruitmentCall:
    """Let a draft go."""
    return RECRUITMENT.move(call, "discard", actor=actor, now=now)


@transaction.atomic
def answer_call(
    *, actor: Actor, now: datetime, call: RecruitmentCall, responder: Responder, wish: int | None = None,
    channel: str = ReportInChannel.MOBILE,
) -> RecruitmentAnswer:  # fmt: skip
    """
    Note that somebody answers a call; once more changes only the work they would do.

    Call it in the system's scope for people from elsewhere.

    Raises:
        Refusal: if the call takes no answers (any more), or they were placed already.
    """
    recruits = policy.can_recruit(actor, call)
    policy.require(recruits or policy.is_oneself_or_verifies(actor, responder))
    require_open(call, now=now)
    known = RecruitmentAnswer.objects.filter(call=call, responder=responder).first()
    if known is not None and (known.need_id is not None or known.wish == wish):
        return known
    wish = wish if wish is not None and call.needs.filter(position=wish).exists() else None
    answer, is_new = RecruitmentAnswer.objects.update_or_create(
        call=call, responder=responder, defaults={"wish": wish},
        create_defaults={"wish": wish, "channel": channel, "answered_at": now, "area_code": call.area_code},
    )  # fmt: skip
    if is_new:
        journal.record(ANSWERED, actor=actor, subject=responder, happened_at=now, changes={"call": str(call.uuid)})
    return answer


@transaction.atomic
def answer_for_many(*, actor: Actor, now: datetime, call_uuid: UUID, responder_ids: Iterable[int], channel: str) -> int:
    """Note that all people of a list answer a call; those who did before are left as they are."""
    call = RecruitmentCall.objects.filter(uuid=call_uuid).first()
    if call is None or call.status != RecruitmentStatus.PUBLISHED or call.answer_by <= now:
        return 0
    ids = set(responder_ids)
    ids -= set(RecruitmentAnswer.objects.filter(call=call, responder_id__in=ids).values_list("responder", flat=True))
    people = Responder.objects.filter(pk__in=ids)
    RecruitmentAnswer.objects.bulk_create(
        RecruitmentAnswer(call=call, responder_id=pk, channel=channel, answered_at=now, area_code=call.area_code)
        for pk in sorted(ids)
    )
    journal.record_many(
        journal.Fact(ANSWERED, Responder._meta.label_lower, uuid, area_code, changes={"call": str(call.uuid)})
        for uuid, area_code in people.values_list("uuid", "area_code")
    ).by(actor, happened_at=now)
    return len(ids)


@transaction.atomic
def take_back_answer(*, actor: Actor, now: datetime, answer: RecruitmentAnswer) -> None:
    """Let an answer go, placed or not; no reason is asked and nothing follows. Call it in the system's scope."""
    responder = answer.responder
    policy.require(policy.can_recruit(actor, answer.call) or policy.is_oneself_or_verifies(actor, responder))
    was_placed = answer.need_id is not None
    answer.delete()
    journal.record(TAKEN_BACK, actor=actor, subject=responder, happened_at=now, changes={"call": str(answer.call.uuid)})
    if was_placed and not RecruitmentAnswer.objects.filter(responder=responder, need__isnull=False).exists():
        RESPONDER.move_many([responder.pk], "release", actor=actor, now=now)


@transaction.atomic
def sign_placement(*, actor: Actor, now: datetime, call: RecruitmentCall, digest: str) -> int:
    """
    Place people as the proposal the signer looked at says; return how many.

    Raises:
        NotPermitted: if the actor does not recruit there.
        Refusal: if the proposal is another by now: somebody answered, left or was verified.
    """
    policy.require(policy.can_recruit(actor, call))
    with acting(PROCESS):
        locked = RecruitmentCall.objects.select_for_update().get(pk=call.pk)
        proposal = placement_of(locked)
        if not proposal.rows:
            raise Refusal("nobody_to_place", _("There is nobody to place."))
        if proposal.digest != digest:
            raise Refusal(
                "placement_changed", _("Someone answered, left or was verified meanwhile. Look at it once more.")
            )
        return _write_placement(locked, proposal, actor=actor, now=now)


def require_open(call: RecruitmentCall, *, now: datetime) -> None:
    """
    Do nothing if the call takes answers.

    Raises:
        Refusal: otherwise.
    """
    if call.status != RecruitmentStatus.PUBLISHED or call.answer_by <= now:
        raise Refusal("call_closed", _("This call takes no more answers. Thank you."))


def _write_placement(call: RecruitmentCall, proposal: CallPlacement, *, actor: Actor, now: datetime) -> int:
    answers: list[RecruitmentAnswer] = []
    for row in proposal.rows:
        answer = row.answer
        answer.need, answer.way_m, answer.next_m = row.need, row.way_m, row.next_m
        answer.placed_at, answer.placed_by_id = now, actor.account_id
        answers.append(answer)
    RecruitmentAnswer.objects.bulk_update(answers, ["need", "way_m", "next_m", "placed_at", "placed_by"])
    _move_to_placed([answer.responder_id for answer in answers], actor=actor, now=now)
    journal.record_many(
        journal.Fact(PLACED, Responder._meta.label_lower, row.answer.responder.uuid, row.need.area_code,
                     changes={"call": str(call.uuid), "work": row.need.title, "way_m": row.way_m})
        for row in proposal.rows
    ).by(actor, happened_at=now)  # fmt: skip
    journal.record(
        SIGNED, actor=actor, subject=call, happened_at=now,
        changes={"placed": len(answers), "digest": proposal.digest, "gap_m": proposal.gap_m},
    )  # fmt: skip
    return len(answers)


def _move_to_placed(people: Sequence[int], *, actor: Actor, now: datetime) -> None:
    waiting = Responder.objects.filter(pk__in=people, status=ReportInStatus.VERIFIED)
    RESPONDER.move_many(list(waiting.values_list("pk", flat=True)), "place", actor=actor, now=now)
