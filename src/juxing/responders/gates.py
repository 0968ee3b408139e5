"""
Gates before a task (岗前门槛): what its kind asks, and who has shown it; alike at offer, acceptance and roster.

What is asked is data (``gates.toml``). The answer names what is missing and how to get it; it is never kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import TextField, Value
from django.db.models.functions import Concat
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.kernel.task_kinds import task_kinds
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.lessons import course_title
from juxing.responders.models import Clearance

READER = Actor.system("gates")
EQUIPMENT = {
    "mask": gettext_lazy("mask"), "gown": gettext_lazy("gown"), "gloves": gettext_lazy("gloves"),
    "goggles": gettext_lazy("goggles"),
}  # fmt: skip
LOADS_KG = (15, 25, 30)


@dataclass(frozen=True, slots=True)
class Gate:
    """What one kind of task asks; ``load_kg`` 0 is no load worth asking for."""

    code: str
    zh: str
    en: str
    adult: bool = False
    insurance: bool = False
    briefing: bool = False
    courses: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    load_kg: int = 0

    @property
    def label(self) -> str:
        """The kind of task in the reader's language."""
        return self.zh if (get_language() or "").startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not shown, or has run out."""

    kind: str
    code: str = ""

    @property
    def words(self) -> str:
        """What is missing, and how to get it."""
        words = {
            ClearanceKind.ADULT: _("age not confirmed: show an identity card to the coordinator"),
            ClearanceKind.TRAINING: _("training “%(course)s”: read the lesson and answer its questions, or attend one")
            % {"course": course_title(self.code)},
            ClearanceKind.INSURANCE: _("accident insurance: the community takes it out, ask the coordinator"),
            ClearanceKind.EQUIPMENT: _("equipment “%(item)s”: it is handed out at the post")
            % {"item": equipment_label(self.code)},
            ClearanceKind.BRIEFING: _("safety briefing: the coordinator gives it on the spot"),
            ClearanceKind.FITNESS: _("fit to carry %(weight)s kg: say so to the coordinator, nobody has to")
            % {"weight": self.code},
        }
        return words[ClearanceKind(self.kind)]

    @property
    def label(self) -> str:
        """What is missing, in a word or two."""
        details = {
            ClearanceKind.TRAINING: course_title(self.code), ClearanceKind.EQUIPMENT: equipment_label(self.code),
            ClearanceKind.FITNESS: _("%(weight)s kg") % {"weight": self.code},
        }  # fmt: skip
        kind = ClearanceKind(self.kind)
        said = {"what": kind.label, "detail": details.get(kind, "")}
        return _("%(what)s: %(detail)s") % said if said["detail"] else str(kind.label)


Lacks = Mapping[str, tuple[Missing, ...]]
"""What somebody has not shown, by kind of task."""


@cache
def gates() -> Mapping[str, Gate]:
    """Return every kind of task with its gate."""
    read = tomllib.loads(Path(__file__).with_name("gates.toml").read_text(encoding="utf-8"))
    return {
        code: Gate(code=code, **{**row, "courses": tuple(row.get("courses", ())),
                                 "equipment": tuple(row.get("equipment", ()))})
        for code, row in read.items()
    }  # fmt: skip


def task_label(code: str) -> str:
    """Return a kind of task in the reader's language."""
    return gates()[code].label


for _code in gates():
    task_kinds.add(_code, lazy(task_label, str)(_code))


def task_type_choices() -> list[tuple[str, str]]:
    """Return the kinds of task for a form."""
    return [(code, gate.label) for code, gate in gates().items()]


def equipment_label(code: str) -> str:
    """Return the name of a piece of equipment."""
    return str(EQUIPMENT.get(code, code))


def asked_by(task_type: str) -> tuple[Missing, ...]:
    """Return all that a kind of task asks, as if nothing were shown."""
    gate = gates().get(task_type)
    if gate is None:
        return ()
    return (
        *((Missing(ClearanceKind.ADULT),) if gate.adult else ()),
        *((Missing(ClearanceKind.INSURANCE),) if gate.insurance else ()),
        *(Missing(ClearanceKind.TRAINING, course) for course in gate.courses),
        *(Missing(ClearanceKind.EQUIPMENT, item) for item in gate.equipment),
        *((Missing(ClearanceKind.BRIEFING),) if gate.briefing else ()),
        *((Missing(ClearanceKind.FITNESS, str(gate.load_kg)),) if gate.load_kg else ()),
    )


def missing_for(
    responder_ids: Iterable[int], task_types: Iterable[str], *, on: date
) -> dict[tuple[int, str], tuple[Missing, ...]]:
    """
    Return what each of these people has not shown for each kind of task, those with nothing missing left out.

    One query. It reads in the system's scope: only whether something is missing leaves.
    """
    return {
        (person, task_type): missing
        for person, lacks in lacking(responder_ids, task_types, on=on).items()
        for task_type, missing in lacks.items()
    }


def lacking(responder_ids: Iterable[int], task_types: Iterable[str], *, on: date) -> dict[int, Lacks]:
    """
    Return by person what they have not shown for which kind of task, those with nothing missing left out.

    As ``missing_for``; people who have shown the same share one answer, so a whole district is asked at once.
    """
    wanted = {task_type: asked for task_type in set(task_types) if (asked := asked_by(task_type))}
    people = sorted(set(responder_ids))
    if not wanted or not people:
        return {}
    shown = _shown(people, on=on)
    known: dict[str, Lacks] = {}
    found: dict[int, Lacks] = {}
    for person in people:
        written = shown.get(person, "")
        if written not in known:
            held = {(kind, code) for kind, _sep, code in (one.partition(":") for one in written.split(",") if one)}
            missing = {task_type: tuple(one for one in asked if not _has(held, one))
                       for task_type, asked in wanted.items()}  # fmt: skip
            known[written] = {task_type: lacks for task_type, lacks in missing.items() if lacks}
        if known[written]:
            found[person] = known[written]
    return found


def require_gates(responder_id: int, task_type: str, *, on: date) -> None:
    """
    Do nothing if the person has shown all that the task asks.

    Raises:
        Refusal: naming what is missing and how to get it.
    """
    missing = missing_for([responder_id], [task_type], on=on).get((responder_id, task_type), ())
    if missing:
        raise gate_refusal(missing)


def gate_refusal(missing: Sequence[Missing]) -> Refusal:
    """Return the refusal that names these."""
    return Refusal("gate_not_passed", _("Before this task: %(missing)s.") % {
        "missing": "; ".join(one.words for one in missing)
    })  # fmt: skip


def _shown(people: Sequence[int], *, on: date) -> dict[int, str]:
    """What each has shown, written as one string: a row a person, not twelve."""
    with acting(READER):
        rows = Clearance.objects.filter(responder_id__in=people, valid_from__lte=on).exclude(valid_until__lt=on)
        one = Concat("kind", Value(":"), "code", output_field=TextField())
        found = rows.order_by().values("responder_id").annotate(shown=StringAgg(one, ",", order_by=("kind", "code")))
        return dict(found.values_list("responder_id", "shown").iterator(chunk_size=20_000))


def _has(shown: Set[tuple[str, str]], one: Missing) -> bool:
    if one.kind == ClearanceKind.FITNESS:
        return any(kind == one.kind and int(code or 0) >= int(one.code) for kind, code in shown)
    return (one.kind, one.code) in shown
