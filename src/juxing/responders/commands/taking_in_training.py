"""Taking in who signed up for a training on paper, and who took part, from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.import_report import ImportReport
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.people.phone_numbers import phone_index
from juxing.responders import policy
from juxing.responders.commands.training_attendance import note_here, note_understood
from juxing.responders.commands.training_places import sign_up_for_training
from juxing.responders.enums import ACTIVE, ReportInChannel
from juxing.responders.models import Responder, TrainingSession, TrainingSignUp
from juxing.responders.training_enums import GONE, SignUpStatus, UnderstandingCheck
from juxing.responders.training_table_file import ReadPerson, read_people

PROCESS = Actor.system("trainings")
TAKEN_IN = journal.declare_action("responders.training.take_in", _("People of a training taken in from a table"))


@dataclass(slots=True)
class _Sorted:
    """What the lines ask for, and what became of each so far."""

    came: list[TrainingSignUp] = field(default_factory=list)
    understood: list[TrainingSignUp] = field(default_factory=list)
    people: set[int] = field(default_factory=set)


@transaction.atomic
def take_in_training(
    *, actor: Actor, now: datetime, session: TrainingSession, content: bytes, filename: str
) -> ImportReport:
    """
    Sign up whoever stands in a table, and note who took part and understood. Sent twice, nothing more.

    People are found by telephone, or by a name that only one of those visible to the actor (or signed up) bears.

    Raises:
        NotPermitted: if the actor does not hold the training.
        InvalidInput: if the file is no table of people.
    """
    policy.require(policy.holds_training(actor, session))
    report = ImportReport()
    lines = read_people(content, filename=filename, report=report)
    found = _find(actor, session, lines)
    sorted_lines = _Sorted()
    for line in lines:
        _take_line(line, found.get(line.line, ()), sorted_lines, report, actor=actor, now=now, session=session)
    _note(sorted_lines, actor=actor, now=now, session=session)
    if report.added or report.changed:
        journal.record(TAKEN_IN, actor=actor, subject=session, happened_at=now,
                       changes={"added": report.added, "changed": report.changed})  # fmt: skip
    return report


def _take_line(
    line: ReadPerson, people: Sequence[Responder], into: _Sorted, report: ImportReport, *, actor: Actor,
    now: datetime, session: TrainingSession,
) -> None:  # fmt: skip
    problem = _problem(line, people, into, session)
    if problem is not None:
        report.reject(line.line, column=pgettext("person", "Name"), written=line.name or line.phone, code=problem.code,
                      message=problem.message)  # fmt: skip
        return
    [person] = people
    into.people.add(person.pk)
    with acting(PROCESS):
        before = TrainingSignUp.objects.filter(session=session, responder=person).first()
        was = before.status if before is not None else ""
        try:
            if was in {"", *GONE} and not (line.came and was in GONE):
                sign_up = sign_up_for_training(
                    actor=actor, now=now, session=session, responder=person, channel=ReportInChannel.PAPER
                )
            else:
                sign_up = before or TrainingSignUp()
        except Refusal as refusal:
            report.reject(line.line, column=pgettext("person", "Name"), written=line.name or line.phone,
                          code=refusal.code, message=refusal.message)  # fmt: skip
            return
    sign_up.responder = person
    changes = _wanted(line, sign_up, into)
    if before is None:
        report.added += 1
    elif changes or sign_up.status != was:
        report.changed += 1
    else:
        report.unchanged += 1


def _problem(line: ReadPerson, people: Sequence[Responder], into: _Sorted, session: TrainingSession) -> Refusal | None:
    if len(people) != 1:
        words = _("Several people have this name: write the telephone.") if people else _(
            "Nobody who reported in has this name or number. Record them first."
        )  # fmt: skip
        return Refusal("person_unknown", words)
    if people[0].pk in into.people:
        return Refusal("person_twice", _("This person stands in the table twice."))
    if line.understood and session.understanding == UnderstandingCheck.QUESTIONS:
        return Refusal("asked_on_the_phone", _("Here everybody answers the lesson's questions themselves."))
    return None


def _wanted(line: ReadPerson, sign_up: TrainingSignUp, into: _Sorted) -> bool:
    """Note what is still to be written about the person; return whether anything is."""
    if not (line.came or line.understood) or sign_up.status == SignUpStatus.COMPLETED:
        return False
    is_new = sign_up.status != SignUpStatus.PRESENT
    if is_new:
        into.came.append(sign_up)
    if line.understood:
        into.understood.append(sign_up)
    return is_new or bool(line.understood)


def _note(found: _Sorted, *, actor: Actor, now: datetime, session: TrainingSession) -> None:
    if found.came:
        note_here(actor=actor, now=now, session=session, sign_ups=found.came)
    if found.understood:
        note_understood(actor=actor, now=now, session=session, sign_ups=found.understood)


def _find(actor: Actor, session: TrainingSession, lines: Sequence[ReadPerson]) -> Mapping[int, Sequence[Responder]]:
    """Return by line whom it may mean, in three statements for any number of lines."""
    indexes = {line.line: phone_index(line.phone) for line in lines if line.phone}
    names = {line.name for line in lines if line.name and not line.phone}
    seen = policy.visible_responders(actor).filter(status__in=sorted(ACTIVE))
    visible = list(seen.filter(name__in=names)) + list(seen.filter(phone_index__in=set(indexes.values())))
    with acting(PROCESS):
        signed_up = list(Responder.objects.filter(training_sign_ups__session=session))
    by_phone: dict[str, dict[int, Responder]] = {}
    by_name: dict[str, dict[int, Responder]] = {}
    for one in [*visible, *signed_up]:
        by_phone.setdefault(one.phone_index, {})[one.pk] = one
        by_name.setdefault(one.name, {})[one.pk] = one
    return {
        line.line: list((by_phone.get(indexes[line.line], {}) if line.phone else by_name.get(line.name, {})).values())
        for line in lines
    }
