"""What every command of this room checks about what was written, and how it writes things down."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.places.models import Area

Row = TypeVar("Row", bound=models.Model)


def require_kind(value: str, known: list[str], *, field: str) -> None:
    """Raise unless the value is one of the list."""
    if value not in known:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field=field)


def plain_name(written: str, *, field: str = "name", at_most: int = 80) -> str:
    """Return the words with single spaces; raise if there are none or too many."""
    plain = " ".join(written.split())
    if not plain or len(plain) > at_most:
        raise InvalidInput("name_bad", _("Write a name of up to %(most)d characters.") % {"most": at_most}, field=field)
    return plain


def require_area(area_code: str, *, field: str = "area_code") -> None:
    """Raise unless there is a place of this code."""
    if not Area.objects.filter(code=area_code).exists():
        raise InvalidInput("area_unknown", _("No place has this code."), field=field)


def recorded(action: str, row: Row, *, actor: Actor, now: datetime) -> Row:
    """Write down that the row was made, and return it with what the database gave it."""
    row.refresh_from_db(fields=["uuid"])
    journal.record(action, actor=actor, subject=row, happened_at=now)
    return row
