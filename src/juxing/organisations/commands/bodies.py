"""
Temporary branches, functional groups and task forces: set up and dissolved, one or thousands at once.

A room above that changes the mode of many places calls ``form_bodies`` with the id of its activation and later
``dissolve_bodies_of``; both are a fixed number of statements, whatever the number of places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_values, stage_like
from juxing.kernel.refusals import NotPermitted, NotVisible
from juxing.organisations import policy
from juxing.organisations.commands.words import plain_name, require_kind
from juxing.organisations.enums import FunctionalGroupType, TemporaryBodyKind
from juxing.organisations.models import TemporaryBody

BODY_FORMED = journal.declare_action("organisations.body.form", _("Temporary body set up"))
BODY_DISSOLVED = journal.declare_action("organisations.body.dissolve", _("Temporary body dissolved"))
SUBJECT = "organisations.temporarybody"
COLUMNS = ["area_code", "kind", "group_type", "name", "purpose", "activation_id", "formed_at"]


@dataclass(frozen=True, slots=True)
class BodyInput:
    """One body to set up at a place; ``group_type`` only for functional groups."""

    area_code: str
    kind: str
    name: str
    group_type: str = ""
    purpose: str = ""


@transaction.atomic
def form_bodies(
    *, actor: Actor, now: datetime, bodies: Sequence[BodyInput], activation_id: int | None = None
) -> list[int]:
    """
    Set up these bodies, and return the ids of those that are new.

    A body of this kind and name that already stands at the place is left as it is, so sending twice does no harm.

    Raises:
        NotPermitted: if one of the places lies outside what the actor may set up.
        InvalidInput: if a kind, group or name is none.
    """
    areas = actor.areas_with(policy.FORM_BODIES)
    for body in bodies:
        _require(body)
        if body.area_code not in areas:
            raise NotPermitted
    stage = stage_like(TemporaryBody._meta.db_table, COLUMNS)
    rows = [
        (body.area_code, body.kind, body.group_type, plain_name(body.name), body.purpose.strip()[:400], activation_id,
         now)
        for body in bodies
    ]  # fmt: skip
    copy_values(stage, COLUMNS, rows)
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO organisations_temporarybody ({names}) SELECT {names} FROM {stage} ORDER BY area_code, name "  # noqa: S608 - names are the model's
            "ON CONFLICT (area_code, kind, name) WHERE dissolved_at IS NULL DO NOTHING RETURNING id, uuid, area_code"
        )
        made = cursor.fetchall()
        cursor.execute(f"DROP TABLE {stage}")
    changes: dict[str, object] = {"activation": activation_id} if activation_id is not None else {}
    _record(BODY_FORMED, made, actor=actor, now=now, changes=changes)
    return [row[0] for row in made]


@transaction.atomic
def dissolve_bodies_of(*, actor: Actor, now: datetime, activation_id: int, reason: str = "") -> int:
    """
    Dissolve every body this activation set up, end its memberships, and return how many.

    Only places where the actor may set up bodies are touched; what is dissolved already stays as it is.
    """
    due = TemporaryBody.objects.inside(actor.areas_with(policy.FORM_BODIES)).filter(activation_id=activation_id)
    return _dissolve(list(due.filter(dissolved_at__isnull=True).values_list("id", flat=True)), actor, now, reason)


@transaction.atomic
def dissolve_body(*, actor: Actor, now: datetime, body: TemporaryBody, reason: str = "") -> None:
    """
    Dissolve one body; one that is dissolved already stays as it is.

    Raises:
        NotPermitted: if the actor may not set up bodies there.
    """
    actor.require(policy.FORM_BODIES, body.area_code)
    _dissolve([body.pk], actor, now, reason)


def _dissolve(ids: list[int], actor: Actor, now: datetime, reason: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisations_temporarybody SET dissolved_at = greatest(formed_at, %s) "
            "WHERE id = ANY(%s) AND dissolved_at IS NULL RETURNING id, uuid, area_code",
            [now, ids],
        )
        gone = cursor.fetchall()
        cursor.execute(
            "UPDATE organisations_membership SET ends_at = greatest(starts_at, %s) "
            "WHERE body_id = ANY(%s) AND ends_at IS NULL",
            [now, [row[0] for row in gone]],
        )
    _record(BODY_DISSOLVED, gone, actor=actor, now=now, reason=reason[:400])
    return len(gone)


def _record(
    action: str,
    rows: list[tuple[int, object, str]],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    changes: dict[str, object] | None = None,
) -> None:
    journal.record_many(
        journal.Fact(action=action, subject_type=SUBJECT, subject_uuid=uuid, area_code=area_code, reason=reason,  # type: ignore[arg-type]
                     changes=changes or {})
        for _id, uuid, area_code in rows
    ).by(actor, happened_at=now)  # fmt: skip


def _require(body: BodyInput) -> None:
    require_kind(body.kind, TemporaryBodyKind.values, field="kind")
    is_group = body.kind == TemporaryBodyKind.FUNCTIONAL_GROUP
    require_kind(body.group_type, FunctionalGroupType.values if is_group else [""], field="group_type")
    plain_name(body.name)
    if not body.area_code:
        raise NotVisible
