"""
Temporary branches, functional groups and task forces: set up and dissolved, one or thousands at once.

A room above that changes the mode of many places calls ``form_bodies`` with the id of its activation and later
``dissolve_bodies_of``; both are a fixed number of statements, whatever the number of places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotPermitted, NotVisible
from juxing.organisations import policy
from juxing.organisations.commands.words import plain_name, require_kind
from juxing.organisations.enums import FunctionalGroupType, TemporaryBodyKind
from juxing.organisations.models import TemporaryBody

BODY_FORMED = journal.declare_action("organisations.body.form", _("Temporary body set up"))
BODY_DISSOLVED = journal.declare_action("organisations.body.dissolve", _("Temporary body dissolved"))
SUBJECT = "organisations.temporarybody"
OF_ACTIVATION: LiteralString = (
    "CASE WHEN %(activation)s::bigint IS NULL THEN '{}' ELSE jsonb_build_object('activation', %(activation)s::bigint) "
    "END AS changes"
)
FORM: LiteralString = (
    "written AS (INSERT INTO organisations_temporarybody "
    "(area_code, kind, group_type, name, purpose, activation_id, formed_at) "
    "SELECT area_code, kind, group_type, name, purpose, %(activation)s::bigint, %(now)s "
    "FROM unnest(%(areas)s::text[], %(kinds)s::text[], %(groups)s::text[], %(names)s::text[], %(purposes)s::text[]) "
    "wanted (area_code, kind, group_type, name, purpose) ORDER BY area_code, name "
    "ON CONFLICT (area_code, kind, name) WHERE dissolved_at IS NULL DO NOTHING "
    "RETURNING id, uuid, area_code, " + OF_ACTIVATION + ")"
)
DISSOLVE: LiteralString = (
    "written AS (UPDATE organisations_temporarybody SET dissolved_at = greatest(formed_at, %(now)s) "  # noqa: S608
    "WHERE id = ANY(%(ids)s::bigint[]) AND dissolved_at IS NULL RETURNING id, uuid, area_code, " + OF_ACTIVATION + ")"
)


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
    values = {
        "areas": [body.area_code for body in bodies], "kinds": [str(body.kind) for body in bodies],
        "groups": [str(body.group_type) for body in bodies], "names": [plain_name(body.name) for body in bodies],
        "purposes": [body.purpose.strip()[:400] for body in bodies], "activation": activation_id, "now": now,
    }  # fmt: skip
    return journal.write_and_record(
        FORM, values, action=BODY_FORMED, subject_type=SUBJECT, actor=actor, happened_at=now
    ) if bodies else []  # fmt: skip


@transaction.atomic
def dissolve_bodies_of(*, actor: Actor, now: datetime, activation_id: int, reason: str = "") -> int:
    """
    Dissolve every body this activation set up, end its memberships, and return how many.

    Only places where the actor may set up bodies are touched; what is dissolved already stays as it is.
    """
    due = TemporaryBody.objects.inside(actor.areas_with(policy.FORM_BODIES)).filter(activation_id=activation_id)
    ids = list(due.filter(dissolved_at__isnull=True).values_list("id", flat=True))
    return dissolve(ids, actor=actor, now=now, reason=reason)


@transaction.atomic
def dissolve_body(*, actor: Actor, now: datetime, body: TemporaryBody, reason: str = "") -> None:
    """
    Dissolve one body; one that is dissolved already stays as it is.

    Raises:
        NotPermitted: if the actor may not set up bodies there.
    """
    actor.require(policy.FORM_BODIES, body.area_code)
    dissolve([body.pk], actor=actor, now=now, reason=reason)


def dissolve(
    ids: Sequence[int], *, actor: Actor, now: datetime, reason: str = "", activation_id: int | None = None
) -> int:
    """Dissolve these bodies, end their memberships, and return how many; for whoever has asked for the right."""
    if not ids:
        return 0
    gone = journal.write_and_record(
        DISSOLVE, {"ids": list(ids), "now": now, "activation": activation_id}, action=BODY_DISSOLVED,
        subject_type=SUBJECT, actor=actor, happened_at=now, reason=reason[:400],
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisations_membership SET ends_at = greatest(starts_at, %s) "
            "WHERE body_id = ANY(%s::bigint[]) AND ends_at IS NULL",
            [now, gone],
        )
    return len(gone)


def _require(body: BodyInput) -> None:
    require_kind(body.kind, TemporaryBodyKind.values, field="kind")
    is_group = body.kind == TemporaryBodyKind.FUNCTIONAL_GROUP
    require_kind(body.group_type, FunctionalGroupType.values if is_group else [""], field="group_type")
    plain_name(body.name)
    if not body.area_code:
        raise NotVisible
