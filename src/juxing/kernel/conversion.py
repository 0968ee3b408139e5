"""
Conversion steps: how a room takes part in the change from steady state to emergency, and back.

A room registers its steps here; the room that converts knows none of them. A step works on one street at a time,
set-based, and writes the activation's identifier into every row it makes, so that ``revert`` finds exactly these.

What steps return is plain data, the same in every language: the preview made from it is signed. Words are made when
it is shown, by ``describe``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import get_language

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import Words
from juxing.kernel.registry import Registry

Counts = dict[str, int]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Edits:
    """What a commander struck out of one step's preview, and the numbers changed in it, by change key."""

    left_out: frozenset[str] = frozenset()
    quantities: Mapping[str, int] = field(default_factory=dict)

    def keeps(self, key: str) -> bool:
        """Whether the change stays."""
        return key not in self.left_out

    def quantity(self, key: str, proposed: int) -> int:
        """Return the number to use for the change."""
        return self.quantities.get(key, proposed)


@dataclass(frozen=True, slots=True)
class ConversionOrder:
    """
    What one step is to do in one street: for whom, where, how much of it, until when.

    ``area_codes`` are the parts concerned, all inside ``street``; a part may be the street itself or one building.
    ``wanted`` is the plan version as data. ``level`` is "level_1" (highest) to "level_4". ``known`` is shared by all
    orders of one preview, which changes nothing while it looks.
    """

    activation_uuid: UUID
    activation_id: int
    street: str
    area_codes: tuple[str, ...]
    level: str
    ends_at: datetime
    now: datetime
    actor: Actor
    wanted: Mapping[str, Any]
    edits: Edits = Edits()
    is_exercise: bool = False
    known: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """Return what was found under this key before, for another step or street of the same preview, or find it."""
        if key not in self.known:
            self.known[key] = find()
        found: Found = self.known[key]
        return found

    @property
    def areas(self) -> Areas:
        """The parts concerned, as a set of places."""
        return Areas(self.area_codes)

    def rows(self, part: str) -> list[Mapping[str, Any]]:
        """Return the plan's rows of one part that apply at this level: those named for it or for a lower one."""
        return [row for row in self.wanted.get(part, ()) if self.level <= row.get("from_level", "level_4")]


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a preview: ``count`` things of a kind at a place. ``key`` names it for edits within its step."""

    key: str
    kind: str
    area_code: str
    count: int
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    What the plan wants and the registry does not have.

    ``fillers`` says who could fill it: places outside the parts concerned, and how many are there.
    """

    key: str
    kind: str
    area_code: str
    wanted: int
    found: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    fillers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class StepPreview:
    """What a step would do in a street, and what is short for it. It writes nothing."""

    changes: tuple[Change, ...] = ()
    shortages: tuple[Shortage, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something a stand-down would leave unfinished; what it ``settles`` by itself is shown and asks for no reason."""

    kind: str
    area_code: str
    count: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    settles: bool = False


def _nothing_open(_order: ConversionOrder) -> Iterable[OpenItem]:
    return ()


def _nothing_collected(_order: ConversionOrder) -> Any:
    return None


@dataclass(frozen=True, slots=True)
class ExercisePart:
    """
    What a step leaves behind in a drill.

    In a drill all steps of a street run for real and are rolled back, so no live row is touched. A step with this part
    then writes rows of its own that are marked as exercise: ``collect`` reads what it needs while the others still
    stand, ``keep`` writes after they are gone. Its ``revert`` puts back what ``keep`` wrote.
    """

    keep: Callable[[ConversionOrder, Any], Counts]
    collect: Callable[[ConversionOrder], Any] = _nothing_collected


@dataclass(frozen=True, slots=True)
class ConversionStep:
    """
    A room's part in conversion.

    ``convert`` brings the street to what the order says and returns what it did, by name; called again for places it
    converted before (another level, a later end) it changes only what differs. ``revert`` ends what carries the
    activation inside the order's areas, and nothing else. Both run inside a savepoint and raise to fail; a Refusal's
    message is shown to the commander. ``describe`` says a change, shortage or open item (its ``kind`` and
    ``facts``) in words. ``parts`` are the parts of a plan this step answers for. ``has_numbers`` says that it goes by
    ``Edits.quantity``, so that a commander may change the numbers of its lines.
    """

    code: str
    label: Words
    order: int
    parts: frozenset[str]
    preview: Callable[[ConversionOrder], StepPreview]
    convert: Callable[[ConversionOrder], Counts]
    revert: Callable[[ConversionOrder], Counts]
    describe: Callable[[str, Mapping[str, Any]], Words]
    open_items: Callable[[ConversionOrder], Iterable[OpenItem]] = _nothing_open
    exercise: ExercisePart | None = None
    has_numbers: bool = False


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """
    What a room asks before a stand-down besides its steps: what would be left unfinished in these places.

    Asked street by street, or with ``is_of_whole`` once, with the response's own place for a street.
    """

    code: str
    label: Words
    open_items: Callable[[ConversionOrder], Iterable[OpenItem]]
    describe: Callable[[str, Mapping[str, Any]], Words]
    is_of_whole: bool = False


@dataclass(frozen=True, slots=True)
class ResponseEnd:
    """That a response ends as a whole, now: stood down, undone or run out, by whom and why."""

    activation_id: int
    actor: Actor
    now: datetime
    reason: str


Ending = Callable[[ResponseEnd], None]
steps: Registry[ConversionStep] = Registry("conversion step")
questions: Registry[OpenQuestion] = Registry("open question")
endings: Registry[Ending] = Registry("ending")
"""What rooms finish once when a response ends, in the transaction of that decision; not for what stands in streets."""


def titled(facts: Mapping[str, Any]) -> str:
    """Return what a row of a plan calls itself in the reader's language."""
    is_chinese = (get_language() or "").startswith("zh")
    return str(facts.get("title", "") if is_chinese or not facts.get("title_en") else facts["title_en"])


def declare_step(step: ConversionStep) -> ConversionStep:
    """Register a step under its code."""
    return steps.add(step.code, step)


def declare_question(question: OpenQuestion) -> OpenQuestion:
    """Register a question under its code."""
    return questions.add(question.code, question)


def steps_in_order() -> list[ConversionStep]:
    """Return every step in the order of conversion; coming back, the order is the other way round."""
    return sorted((step for _code, step in steps), key=lambda step: (step.order, step.code))
