"""
States as tables: who may move what from where to where, and what must hold.

Nothing else assigns a state. ``move`` locks the row, checks source, permission and guard, and writes the state and
its journal entry together; two people pressing at once get one move and one clear refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted, Refusal, Words
from juxing.kernel.registry import Registry

Thing = TypeVar("Thing", bound=models.Model)


def _no_guard(_thing: Any) -> None:
    """Let everything pass."""


@dataclass(frozen=True, slots=True)
class Transition(Generic[Thing]):
    """One row of the table; ``guard`` raises a Refusal when the thing is not ready for it."""

    name: str
    label: Words
    source: frozenset[str]
    target: str
    allowed: Callable[[Actor, Thing], bool]
    guard: Callable[[Thing], None] = _no_guard


class WrongState(Refusal):
    """The thing is in a state from which this cannot be done; usually someone was faster."""


@dataclass(frozen=True, slots=True)
class Lifecycle(Generic[Thing]):
    """The transitions of one model's status column; every transition is one action of the journal."""

    model: type[Thing]
    subject: str
    states: Sequence[str]
    transitions: Sequence[Transition[Thing]]
    column: str = "status"
    _by_name: dict[str, Transition[Thing]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for transition in self.transitions:
            unknown = ({transition.target} | transition.source) - set(self.states)
            if unknown:
                raise ValueError(f"{self.subject}.{transition.name} names unknown states: {sorted(unknown)}.")
            self._by_name[transition.name] = transition
            journal.declare_action(f"{self.subject}.{transition.name}", transition.label)
        LIFECYCLES.add(self.subject, self)

    def __getitem__(self, name: str) -> Transition[Thing]:
        return self._by_name[name]

    def offered(self, actor: Actor, thing: Thing) -> list[Transition[Thing]]:
        """Return what this actor could do with the thing now, for buttons; guards are checked only when pressed."""
        state = getattr(thing, self.column)
        return [step for step in self.transitions if state in step.source and step.allowed(actor, thing)]

    def move(
        self,
        thing: Thing,
        name: str,
        *,
        actor: Actor,
        now: datetime,
        reason: str = "",
        changes: Mapping[str, Any] | None = None,
    ) -> Thing:
        """
        Lock the row, check, write the new state with ``changes`` to other columns, and journal it.

        Returns the thing as it now stands in the database.

        Raises:
            WrongState: if it is not in a source state (any more).
            NotPermitted: if the actor may not.
        """
        transition = self._by_name[name]
        locked = self.model._base_manager.select_for_update(of=("self",)).get(pk=thing.pk)
        state = getattr(locked, self.column)
        if state not in transition.source:
            raise WrongState(
                "wrong_state",
                _("This was changed by someone else in the meantime and is now “%(state)s”. Look at it again.")
                % {"state": _display(locked, self.column)},
            )
        if not transition.allowed(actor, locked):
            raise NotPermitted
        transition.guard(locked)
        new = {self.column: transition.target, **(changes or {})}
        for column, value in new.items():
            setattr(locked, column, value)
        locked.save(update_fields=list(new))
        journal.record(
            f"{self.subject}.{name}",
            actor=actor,
            subject=locked,
            happened_at=now,
            reason=reason,
            changes={"from": state, "to": transition.target},
        )
        return locked

    def move_many(
        self,
        ids: Iterable[int],
        name: str,
        *,
        actor: Actor,
        now: datetime,
        reason: str = "",
    ) -> list[int]:
        """
        Move all of these that are in a source state, set-based, with one journal entry each; return their ids.

        For processes: the permission asked is the actor's right everywhere it is used, so callers check it. Rows
        that someone else holds or has moved on are left alone, not waited for.
        """
        transition = self._by_name[name]
        table, column = self.model._meta.db_table, self.column
        writing = (
            f"due AS (SELECT id, {column} AS was FROM {table} WHERE id = ANY(%(ids)s::bigint[]) "  # noqa: S608
            f"AND {column} = ANY(%(sources)s) ORDER BY id FOR UPDATE SKIP LOCKED), "
            f"written AS (UPDATE {table} AS thing SET {column} = %(target)s FROM due WHERE thing.id = due.id "
            "RETURNING thing.id, thing.uuid, thing.area_code, "
            "jsonb_build_object('from', due.was, 'to', %(target)s::text) AS changes)"
        )
        return journal.write_and_record(
            writing, {"ids": list(ids), "sources": list(transition.source), "target": transition.target},
            action=f"{self.subject}.{name}", subject_type=self.model._meta.label_lower, actor=actor, happened_at=now,
            reason=reason,
        )  # fmt: skip


LIFECYCLES: Registry[Lifecycle[Any]] = Registry("lifecycle")
"""Every room's tables of states, by subject; their pages in the documents are drawn from here."""


def _display(thing: models.Model, column: str) -> str:
    label = getattr(thing, f"get_{column}_display", None)
    return str(label() if label else getattr(thing, column))
