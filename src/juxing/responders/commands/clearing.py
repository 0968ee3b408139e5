"""What a person has shown before a task: confirmed by a coordinator, or by answering a lesson's questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible
from juxing.responders import policy
from juxing.responders.enums import SERVING
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import EQUIPMENT, LOADS_KG
from juxing.responders.lessons import lessons
from juxing.responders.models import Clearance, Responder

CONFIRMED = journal.declare_action("responders.responder.confirm", _("Shown before a task"))
REVOKED = journal.declare_action("responders.responder.revoke", _("No longer holds before a task"))
UNDERSTOOD = journal.declare_action("responders.responder.understand", _("Lesson understood"))
FARTHEST = timedelta(days=3 * 366)
WITHOUT_CODE = frozenset({ClearanceKind.ADULT, ClearanceKind.INSURANCE, ClearanceKind.BRIEFING})


@transaction.atomic
def confirm_clearance(
    *, actor: Actor, now: datetime, responder: Responder, kind: str, code: str = "", valid_until: date | None = None
) -> Clearance:
    """
    Confirm that somebody has shown something; that it holds, never why or how well.

    Raises:
        NotPermitted: if the actor does not verify people there, or it is about themselves.
        InvalidInput: if kind or code is unknown, or the time has passed.
    """
    actor.require(policy.VERIFY, responder.area_code)
    if responder.account_id is not None and responder.account_id == actor.account_id:
        raise NotPermitted
    _require_known(kind, code)
    today = _today_before(valid_until, now=now)
    kept = _keep(responder, kind, code, today=today, until=valid_until, actor=actor, now=now)
    journal.record(CONFIRMED, actor=actor, subject=responder, happened_at=now, changes={"kind": kind, "code": code})
    return kept


@transaction.atomic
def confirm_for_many(
    *, actor: Actor, now: datetime, responder_ids: Iterable[int], shown: Sequence[tuple[str, str]],
    valid_until: date | None = None,
) -> int:  # fmt: skip
    """
    Confirm that many have shown the same, as a group insurance or a briefing of a whole team; return how many people.

    Oneself, and people where the actor does not verify, are left out. A few statements for a whole district.

    Raises:
        InvalidInput: if a kind or code is unknown, or the time has passed.
    """
    for kind, code in shown:
        _require_known(kind, code)
    today = _today_before(valid_until, now=now)
    theirs = Responder.objects.inside(actor.areas_with(policy.VERIFY)).filter(pk__in=list(responder_ids))
    others = theirs.filter(status__in=sorted(SERVING))
    if actor.account_id is not None:
        others = others.filter(Q(account__isnull=True) | ~Q(account_id=actor.account_id))
    people = list(others.order_by("id").values_list("id", "uuid", "area_code"))
    Clearance.objects.bulk_create(
        (Clearance(responder_id=pk, area_code=area_code, kind=kind, code=code, valid_from=today,
                   valid_until=valid_until, confirmed_by_id=actor.account_id, confirmed_at=now)
         for pk, _uuid, area_code in people for kind, code in shown),
        update_conflicts=True, unique_fields=["responder", "kind", "code"],
        update_fields=["valid_from", "valid_until", "confirmed_by", "confirmed_at"], batch_size=5_000,
    )  # fmt: skip
    journal.record_many(
        journal.Fact(CONFIRMED, Responder._meta.label_lower, uuid, area_code, changes={"kind": kind, "code": code})
        for _pk, uuid, area_code in people
        for kind, code in shown
    ).by(actor, happened_at=now)
    return len(people)


@transaction.atomic
def revoke_clearance(*, actor: Actor, now: datetime, responder: Responder, clearance_id: int) -> None:
    """Take back what was confirmed; it is asked again before the next task."""
    actor.require(policy.VERIFY, responder.area_code)
    removed, _by_model = Clearance.objects.filter(responder=responder, pk=clearance_id).delete()
    if removed:
        journal.record(REVOKED, actor=actor, subject=responder, happened_at=now)


@transaction.atomic
def answer_lesson(
    *, actor: Actor, now: datetime, responder: Responder, code: str, answers: Sequence[int | None]
) -> list[int]:
    """
    Take the answers to a lesson; return the questions answered wrongly. None wrong, and the training is shown.

    A training session one took part in and whose questions these are is completed by it.

    Tries are neither counted nor kept: whoever reads again simply answers again.

    Raises:
        NotPermitted: if it is not the person themselves.
        NotVisible: if there is no such lesson.
    """
    from juxing.responders.commands.training_attendance import complete_by_answers

    if not policy.is_oneself(actor, responder):
        raise NotPermitted
    lesson = lessons().get(code)
    if lesson is None:
        raise NotVisible
    given = [*answers, *[None] * len(lesson.questions)]
    wrong = [number for number, question in enumerate(lesson.questions) if given[number] != question.right]
    if not wrong:
        today = localdate(now)
        until = today + timedelta(days=lesson.valid_days)
        _keep(responder, ClearanceKind.TRAINING, code, today=today, until=until, actor=actor, now=now)
        journal.record(UNDERSTOOD, actor=actor, subject=responder, happened_at=now, changes={"course": code})
        complete_by_answers(actor=actor, now=now, responder=responder)
    return wrong


def show_many(
    *, actor: Actor, now: datetime, people: Sequence[Responder], shown: Sequence[tuple[str, str]], until: date
) -> None:
    """
    Note that these people have shown all of this until a day; what holds longer already is left alone.

    For the system's scope: people may live anywhere. The caller has looked whether the actor may.
    """
    today = localdate(now)
    held = Clearance.objects.filter(responder__in=people, valid_from__lte=today).exclude(valid_until__lt=until)
    longer = set(held.values_list("responder_id", "kind", "code"))
    new = [(one, kind, code) for one in people for kind, code in shown if (one.pk, kind, code) not in longer]
    Clearance.objects.bulk_create(
        (Clearance(responder=one, area_code=one.area_code, kind=kind, code=code, valid_from=today, valid_until=until,
                   confirmed_by_id=actor.account_id, confirmed_at=now) for one, kind, code in new),
        update_conflicts=True, unique_fields=["responder", "kind", "code"],
        update_fields=["valid_from", "valid_until", "confirmed_by", "confirmed_at"], batch_size=5_000,
    )  # fmt: skip
    journal.record_many(
        journal.Fact(CONFIRMED, Responder._meta.label_lower, one.uuid, one.area_code,
                     changes={"kind": kind, "code": code})
        for one, kind, code in new
    ).by(actor, happened_at=now)  # fmt: skip


def _today_before(valid_until: date | None, *, now: datetime) -> date:
    today = localdate(now)
    if valid_until is not None and not today <= valid_until <= today + FARTHEST:
        raise InvalidInput("valid_until_range", _("Choose a day between today and three years ahead."),
                           field="valid_until")  # fmt: skip
    return today


def _require_known(kind: str, code: str) -> None:
    known = {
        ClearanceKind.TRAINING: set(lessons()), ClearanceKind.EQUIPMENT: set(EQUIPMENT),
        ClearanceKind.FITNESS: {str(load) for load in LOADS_KG}, **{each: {""} for each in WITHOUT_CODE},
    }  # fmt: skip
    if kind not in ClearanceKind.values or code not in known[ClearanceKind(kind)]:
        raise InvalidInput("clearance_unknown", _("Choose one of the list."), field="what")


def _keep(
    responder: Responder, kind: str, code: str, *, today: date, until: date | None, actor: Actor, now: datetime
) -> Clearance:
    kept, _is_new = Clearance.objects.update_or_create(
        responder=responder, kind=kind, code=code,
        defaults={"area_code": responder.area_code, "valid_from": today, "valid_until": until,
                  "confirmed_by_id": actor.account_id, "confirmed_at": now},
    )  # fmt: skip
    return kept
