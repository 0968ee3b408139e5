"""The organisations that a list names: found by name and place, made where they are new."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.organisations.commands import ADDED
from juxing.organisations.models import Organisation


def organisations_named(
    places: Iterable[tuple[str, str]], *, organisation_type: str, actor: Actor, now: datetime
) -> dict[tuple[str, str], int]:
    """
    Return ids by (area code, name) within the acting scope; what is missing is added as this type.

    An organisation already known keeps its type.
    """
    wanted = sorted(set(places))
    known = _known(wanted)
    missing = [key for key in wanted if key not in known]
    if missing:
        made = [
            Organisation(uuid=uuid4(), area_code=code, name=name, organisation_type=organisation_type)
            for code, name in missing
        ]
        Organisation.objects.bulk_create(made)
        journal.record_many(
            journal.Fact(ADDED, Organisation._meta.label_lower, one.uuid, one.area_code) for one in made
        ).by(actor, happened_at=now)
        known |= {(one.area_code, one.name): one.pk for one in made}
    return known


def _known(wanted: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = Organisation.objects.filter(
        area_code__in={code for code, _name in wanted}, name__in={name for _code, name in wanted}
    ).values_list("area_code", "name", "id")
    return {(code, name): row_id for code, name, row_id in rows}
