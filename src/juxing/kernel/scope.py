"""
Acting within a scope: the two locks that keep one area's rows from another's people.

The first lock is the manager: outside ``acting`` it returns no rows, inside only those of the actor's areas. The
second is row-level security in PostgreSQL, set for the transaction from the same prefixes, so that a query which
goes round the manager still sees nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeVar

from django.db import connection, models, transaction

from juxing.kernel.actors import Actor
from juxing.kernel.areas import NOWHERE, Areas
from juxing.kernel.areas import within as within_area
from juxing.kernel.row_security import RowSecurity

Row = TypeVar("Row", bound=models.Model)

_acting: ContextVar[Actor | None] = ContextVar("juxing_acting", default=None)


def acting_now() -> Actor | None:
    """Return who acts in this context, or None outside ``acting``."""
    return _acting.get()


@contextmanager
def acting(actor: Actor, *, at_one_moment: bool = False) -> Iterator[Actor]:
    """
    Run the block as this actor, in one transaction (a savepoint when nested).

    Nested use narrows or widens for the block only; the outer scope is back afterwards. ``at_one_moment`` lets every
    statement see what the first one sees, for books that are compared while others write; a savepoint sees what its
    transaction does.
    """
    outer = _acting.get()
    fix_moment = at_one_moment and not connection.in_atomic_block
    try:
        with transaction.atomic():
            if fix_moment:
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            _open_rows(actor.areas)
            token = _acting.set(actor)
            try:
                yield actor
            finally:
                _acting.reset(token)
    finally:
        if connection.in_atomic_block and not connection.needs_rollback:
            _open_rows(outer.areas if outer is not None else NOWHERE)


def _open_rows(areas: Areas) -> None:
    array = "{" + ",".join(json.dumps(prefix) for prefix in areas.prefixes) + "}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('juxing.scope', %s, true)", [array])


class ScopedQuerySet(models.QuerySet[Row]):
    """A query set that can be narrowed to places."""

    area_field = "area_code"
    also_area_field = "also_area_field"
    """The attribute by which a model of rows that two places share names its second column."""

    def within(self, area_code: str) -> Self:
        """Keep the rows at this code or below it."""
        return self.filter(within_area(area_code, field=self.area_field))

    def inside(self, areas: Areas) -> Self:
        """Keep the rows inside this set of places; of rows that two places share, those with either end in it."""
        also = getattr(self.model, self.also_area_field, None)
        condition = areas.condition(self.area_field)
        return self.filter(condition | areas.condition(also) if also else condition)


class ScopedManager(models.Manager[Row]):
    """Fails closed: without an acting scope there are no rows."""

    def get_queryset(self) -> ScopedQuerySet[Row]:
        """Return the rows of the acting scope."""
        rows: ScopedQuerySet[Row] = ScopedQuerySet(self.model, using=self._db)
        actor = _acting.get()
        return rows.inside(actor.areas if actor is not None else NOWHERE)

    def within(self, area_code: str) -> ScopedQuerySet[Row]:
        """Rows of the acting scope at this code or below it."""
        return self.get_queryset().within(area_code)

    def inside(self, areas: Areas) -> ScopedQuerySet[Row]:
        """Rows of the acting scope inside this set of places."""
        return self.get_queryset().inside(areas)


class AreaCodeField(models.CharField):  # type: ignore[type-arg]
    """An area code: hierarchical, compared byte by byte whatever the database's own collation."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options.setdefault("db_collation", "C")
        super().__init__(*args, **options)


class AreaScoped(models.Model):
    """A row that belongs to a place, and is seen only from inside a scope that holds the place."""

    area_code = AreaCodeField()

    objects = ScopedManager()

    class Meta:
        abstract = True
        constraints = [RowSecurity(name="%(app_label)s_%(class)s_scope")]
