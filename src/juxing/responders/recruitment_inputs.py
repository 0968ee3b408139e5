"""What is said in a recruitment call, checked once for pages and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.responders.enums import Skill

MOST_WANTED, MOST_NEEDS = 1000, 400
LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class NeedInput:
    """How many are wanted for one work in one community; rows of one ``position`` are one work."""

    position: int
    title: str
    area_code: str
    count: int
    skill: str = ""


@dataclass(frozen=True, slots=True)
class CallInput:
    """A recruitment call as it is written."""

    area_code: str
    title: str
    work: str
    risks: str
    place: str
    enquiries: str
    starts_at: datetime
    ends_at: datetime
    answer_by: datetime
    needs: Sequence[NeedInput]
    provided: str = ""


def cleaned(given: CallInput, *, now: datetime) -> CallInput:
    """
    Return the call in the form that is kept.

    Raises:
        InvalidInput: naming the field that cannot be taken.
    """
    for name in ("title", "work", "risks", "place", "enquiries"):
        if not getattr(given, name).strip():
            raise InvalidInput("call_incomplete", _("Write this: people decide by it."), field=name)
    if given.ends_at <= given.starts_at or given.ends_at - given.starts_at > LONGEST:
        raise InvalidInput(
            "call_order", _("The end comes after the beginning, at most 90 days later."), field="ends_at"
        )
    if given.ends_at <= now:
        raise InvalidInput("call_over", _("This time has passed."), field="ends_at")
    if given.answer_by > given.ends_at:
        raise InvalidInput("call_late", _("People can answer at most until the end."), field="answer_by")
    if not given.needs:
        raise InvalidInput("call_wants_nobody", _("Write at least one work and how many it takes."), field="need_0")
    if len(given.needs) > MOST_NEEDS:
        raise InvalidInput("call_wide", _("Too many communities for one call. Write one for each street."))
    for need in given.needs:
        _require_need(need, given)
    texts = {name: getattr(given, name).strip() for name in
             ("title", "work", "risks", "place", "enquiries", "provided")}  # fmt: skip
    return replace(given, **texts)


def _require_need(need: NeedInput, given: CallInput) -> None:
    field_name = f"count_{need.position}"
    if not 1 <= need.count <= MOST_WANTED:
        raise InvalidInput("call_count", _("Ask for between 1 and 1,000 people."), field=field_name)
    if not need.title.strip() or need.skill not in {"", *Skill.values}:
        raise InvalidInput("call_work", _("Say what is to be done."), field=f"need_{need.position}")
    if not need.area_code.startswith(given.area_code):
        raise InvalidInput("call_elsewhere", _("This community is not part of the call's place."), field="area_code")
