"""The organisations that a list names: found by name and place, added where they are new; set-based."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, NotPermitted
from juxing.organisations.commands import ADDED
from juxing.organisations.enums import OrganisationType
from juxing.organisations.models import Organisation

LONGEST_NAME = 80
NamedPlace = tuple[str, str]
"""Area code and name."""


@transaction.atomic
def name_organisations(
    *, actor: Actor, now: datetime, named: Iterable[NamedPlace], organisation_type: str
) -> dict[NamedPlace, int]:
    """
    Return the ids of organisations by area code and name as given; new names are added as this type.

    For lists whose right to be brought in the caller has asked; an organisation already known keeps its type. Two
    lists at the same moment add a name once. A constant number of queries.

    Raises:
        NotPermitted: if a name is to be added outside the actor's places.
        InvalidInput: if the type is unknown, or a name is empty or longer than 80 characters.
    """
    if organisation_type not in OrganisationType.values:
        raise InvalidInput("kind_unknown", _("Choose from the list."), field="organisation_type")
    wanted = {(area_code, name): (area_code, _plain(name)) for area_code, name in named}
    known = _known(wanted.values())
    missing = sorted({key for key in wanted.values() if key not in known})
    if missing:
        _add(missing, organisation_type=organisation_type, actor=actor, now=now)
        known |= _known(missing)
    return {written: known[plain] for written, plain in wanted.items()}


def _add(missing: Sequence[NamedPlace], *, organisation_type: str, actor: Actor, now: datetime) -> None:
    if any(area_code not in actor.areas for area_code, _name in missing):
        raise NotPermitted
    offered = [
        Organisation(uuid=uuid4(), area_code=code, name=name, organisation_type=organisation_type)
        for code, name in missing
    ]
    Organisation.objects.bulk_create(offered, ignore_conflicts=True)
    added = Organisation.objects.filter(uuid__in=[one.uuid for one in offered])
    journal.record_many(
        journal.Fact(ADDED, Organisation._meta.label_lower, uuid, area_code)
        for uuid, area_code in added.order_by("id").values_list("uuid", "area_code")
    ).by(actor, happened_at=now)


def _plain(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME:
        raise InvalidInput("name_bad", _("Write a name of up to 80 characters."), field="name")
    return plain


def _known(wanted: Iterable[NamedPlace]) -> dict[NamedPlace, int]:
    names = set(wanted)
    rows = Organisation.objects.filter(
        area_code__in={code for code, _name in names}, name__in={name for _code, name in names}
    ).values_list("area_code", "name", "id")
    return {(code, name): row_id for code, name, row_id in rows if (code, name) in names}
