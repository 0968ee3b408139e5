"""
What a plan says, as one typed document: the shape of ``PlanVersion.content`` and of the templates.

``from_level`` on a row says from which response level on it applies: "level_3" means at levels III, II and I. ``per``
says for what each number is meant.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from juxing.kernel.task_kinds import task_kinds

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Short = Annotated[str, StringConstraints(max_length=80, min_length=1)]
OptionalShort = Annotated[str, StringConstraints(max_length=80)]
Long = Annotated[str, StringConstraints(max_length=4000)]
Level = Literal["level_1", "level_2", "level_3", "level_4"]
Per = Literal["grid", "community", "street", "district"]
Count = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 30)]


def _known_task_kind(code: str) -> str:
    """Let nobody believe in a gate that a misspelt word would leave open."""
    if code and code not in task_kinds:
        raise ValueError(f"one of: {', '.join(sorted(known for known, _entry in task_kinds))}")
    return code


class Part(BaseModel):
    """What every row of a plan has: a code unique in its part, a title in both languages, a level."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    code: Code
    title: Short
    title_en: OptionalShort = ""
    from_level: Level = "level_4"


class Section(Part):
    """A chapter of text."""

    text: Long


class Trigger(Part):
    """A condition for starting a response at ``from_level``, and where it is read off."""

    source: OptionalShort = ""


class PlaybookStep(Part):
    """One thing to do, ``after_min`` after the start, done by ``due_min``, with who answers for what (RACI)."""

    text: Long = ""
    after_min: Minutes = 0
    due_min: Minutes = 60
    responsible: Code
    accountable: str = ""
    consulted: OptionalShort = ""
    informed: OptionalShort = ""


class PostWanted(Part):
    """
    An emergency post, held by an A and a B.

    ``holder_roles`` says who may take it, in this order; ``takes_from`` says for people which steady post it comes of.
    """

    per: Per = "community"
    count: Count = 1
    group: str = ""
    takes_from: OptionalShort = ""
    holder_roles: tuple[Code, ...] = ("responder",)
    carries_role: str = ""
    duties: Annotated[str, StringConstraints(max_length=400)] = ""


class UnitWanted(Part):
    """A unit formed for the time: a command post, a temporary branch or a functional group."""

    kind: Literal["command_post", "temporary_branch", "functional_group"]
    group_type: str = ""
    per: Per = "community"
    count: Count = 1


class PeopleWanted(Part):
    """How many people of a skill ("" is any) are mustered; ``task_type`` names the gates they must have passed."""

    skill: str = ""
    per: Per = "community"
    count: Count = 1
    task_type: Annotated[str, AfterValidator(_known_task_kind)] = ""


class GoodsWanted(Part):
    """Goods held ready: ``quantity`` a day for each of ``for_each``, for ``days`` days."""

    item: Code
    for_each: Literal["household", "resident", "responder", "community"] = "household"
    quantity: Annotated[float, Field(gt=0, le=10_000)] = 1
    days: Annotated[int, Field(ge=1, le=90)] = 3


class VenueWanted(Part):
    """A venue by function, with its least area."""

    function: Code
    per: Per = "community"
    count: Count = 1
    minimum_area_m2: Count = 0


class NoticePrepared(Part):
    """A notice written beforehand, for the beginning or the end of a response; brackets mark what is filled in."""

    text: Long
    audience: Literal["residents", "responders", "units"] = "residents"
    moment: Literal["start", "end"] = "start"


class GrantWanted(Part):
    """Who holds ``holder_role`` also acts in ``role`` for the time, at ``at``: their own place or a wider one."""

    holder_role: Code
    role: Code
    at: Literal["own", "community", "street"] = "own"


class RoundWanted(Part):
    """A round in which needs are collected from every door; with ``short_form`` forms ask only what help needs."""

    every_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 24
    short_form: bool = True


class FirstAction(Part):
    """What a role may and must do at once, before any activation."""

    role: Code
    within_min: Minutes = 30


class PlanContent(BaseModel):
    """A whole plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sections: tuple[Section, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    first_actions: tuple[FirstAction, ...] = ()
    playbook: tuple[PlaybookStep, ...] = ()
    posts: tuple[PostWanted, ...] = ()
    units: tuple[UnitWanted, ...] = ()
    grants: tuple[GrantWanted, ...] = ()
    people: tuple[PeopleWanted, ...] = ()
    goods: tuple[GoodsWanted, ...] = ()
    venues: tuple[VenueWanted, ...] = ()
    rounds: tuple[RoundWanted, ...] = ()
    notices: tuple[NoticePrepared, ...] = ()


PARTS: dict[str, type[Part]] = {
    "sections": Section, "triggers": Trigger, "first_actions": FirstAction, "playbook": PlaybookStep,
    "posts": PostWanted, "units": UnitWanted, "grants": GrantWanted, "people": PeopleWanted, "goods": GoodsWanted,
    "venues": VenueWanted, "rounds": RoundWanted, "notices": NoticePrepared,
}  # fmt: skip


class UnusableContent(ValueError):
    """The document is no plan; the message names the first place at fault."""


def parsed(data: Any) -> PlanContent:
    """
    Return plain data as a plan.

    Raises:
        UnusableContent: if a field is missing, unknown or out of range, or a code is used twice in a part.
    """
    try:
        content = PlanContent.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise UnusableContent(f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}") from None
    for name in PARTS:
        codes = [row.code for row in getattr(content, name)]
        if len(codes) != len(set(codes)):
            twice = next(code for code in codes if codes.count(code) > 1)
            raise UnusableContent(f"{name}: {twice}")
    return content


def as_data(content: PlanContent) -> dict[str, Any]:
    """Return the plan as it is stored."""
    return content.model_dump(mode="json")


def digest_of(data: Any) -> str:
    """Return the SHA-256 of plain data written in one canonical way; equal data, equal digest."""
    written = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
