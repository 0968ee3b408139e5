"""
Conversion of this room: emergency rights (应急授权).

For the time of an activation, who holds one role at a place also holds another. Such a grant carries the activation
and its end, so it is gone at the next request after the end, whether or not anything ran.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from django.db import connection
from django.utils.translation import gettext_lazy as _

from juxing.access.account_journal import SUBJECT
from juxing.access.commands import ROLE_ENDED, ROLE_GIVEN
from juxing.access.roles import KEPT_APART, Role
from juxing.kernel import journal
from juxing.kernel.areas import AFTER_EVERY_CODE_CHARACTER
from juxing.kernel.conversion import (
    Change,
    ConversionOrder,
    ConversionStep,
    Counts,
    Shortage,
    StepPreview,
    declare_step,
    titled,
)
from juxing.kernel.refusals import Refusal, Words

GRANT, NO_HOLDER = "grant", "no_holder"
PLACE_LENGTH = {"own": 40, "community": 12, "street": 9}
PARTS: LiteralString = "unnest(%(from)s::text[], %(to)s::text[]) part (low, high)"
HOLDERS: LiteralString = (
    "SELECT DISTINCT held.account_id, left(held.area_code, %(length)s) AS place "
    "FROM " + PARTS + " JOIN access_roleassignment held ON held.role = %(holder)s "
    "AND held.area_code >= part.low AND held.area_code < part.high "
    "JOIN access_account account ON account.id = held.account_id AND account.is_active "
    "WHERE held.activation_uuid IS NULL AND held.starts_at <= %(now)s "
    "AND (held.ends_at IS NULL OR held.ends_at > %(now)s)"
)
COUNT_HOLDERS: LiteralString = "SELECT count(*) FROM (" + HOLDERS + ") holder"  # noqa: S608
CHANGES: LiteralString = "jsonb_build_object('role', given.role, 'activation', %(activation)s::text) AS changes"
GIVE: LiteralString = (
    "wanted AS (" + HOLDERS + "), given AS ("  # noqa: S608
    "INSERT INTO access_roleassignment (uuid, account_id, role, area_code, starts_at, ends_at, activation_uuid) "
    "SELECT gen_random_uuid(), wanted.account_id, %(role)s, wanted.place, %(now)s, %(ends_at)s, %(activation)s "
    "FROM wanted WHERE NOT EXISTS (SELECT 1 FROM access_roleassignment old WHERE old.account_id = wanted.account_id "
    "AND old.role = %(role)s AND old.area_code = wanted.place AND old.activation_uuid = %(activation)s "
    "AND old.ends_at > %(now)s) ORDER BY wanted.account_id RETURNING id, account_id, role, area_code), "
    "written AS (SELECT given.id, account.uuid, given.area_code, " + CHANGES + " FROM given "
    "JOIN access_account account ON account.id = given.account_id)"
)
END: LiteralString = (
    "given AS (UPDATE access_roleassignment held SET "  # noqa: S608
    "ends_at = greatest(%(now)s, held.starts_at + interval '1 microsecond') FROM " + PARTS + " "
    "WHERE held.activation_uuid = %(activation)s AND held.area_code >= part.low AND held.area_code < part.high "
    "AND held.ends_at > %(now)s AND NOT held.role = ANY(%(kept)s) RETURNING id, account_id, role, area_code), "
    "written AS (SELECT given.id, account.uuid, given.area_code, " + CHANGES + " FROM given "
    "JOIN access_account account ON account.id = given.account_id)"
)
PROLONG: LiteralString = (
    "UPDATE access_roleassignment held SET ends_at = %(ends_at)s FROM " + PARTS + " "  # noqa: S608
    "WHERE held.activation_uuid = %(activation)s AND held.area_code >= part.low AND held.area_code < part.high "
    "AND held.ends_at > %(now)s AND held.ends_at <> %(ends_at)s AND held.role = ANY(%(kept)s)"
)


def preview(order: ConversionOrder) -> StepPreview:
    """Return how many people of each role would get which further role, and where nobody holds the role."""
    changes, shortages = [], []
    for row in order.rows("grants"):
        count = _holders(order, row)
        key = f"{row['code']}:{order.street}"
        facts = {"title": row["title"], "title_en": row.get("title_en", ""), "role": row["role"]}
        if count:
            changes.append(Change(key, GRANT, order.street, count, facts))
        else:
            shortages.append(Shortage(key, NO_HOLDER, order.street, 1, 0, {**facts, "holder": row["holder_role"]}))
    return StepPreview(tuple(changes), tuple(shortages))


def convert(order: ConversionOrder) -> Counts:
    """Give what the plan wants and is not given yet, move the end of what is, end what is no longer wanted."""
    wanted = [row for row in order.rows("grants") if order.edits.keeps(f"{row['code']}:{order.street}")]
    for row in wanted:
        if row["role"] not in Role.values or row["role"] in KEPT_APART:
            raise Refusal(
                "grant_refused", _("Administrator, auditor and privacy officer are never given for an emergency.")
            )
    kept = sorted({row["role"] for row in wanted})
    ended = _end(order, kept=kept)
    prolonged = _execute(PROLONG, order, kept=kept)
    given = sum(_write(GIVE, ROLE_GIVEN, order, _asked(row)) for row in wanted)
    return {"given": given, "prolonged": prolonged, "ended": ended}


def revert(order: ConversionOrder) -> Counts:
    """End every grant of the activation in these places."""
    return {"ended": _end(order, kept=[])}


def describe(kind: str, facts: Mapping[str, Any]) -> Words:
    """Say a line of the preview in words."""
    if kind == NO_HOLDER:
        held, wanted = _label(facts["holder"]), _label(facts["role"])
        return _("Nobody here is %(held)s, so nobody can also act as %(wanted)s") % {"held": held, "wanted": wanted}
    return titled(facts)


def _label(role: str) -> Words:
    return Role(role).label if role in Role.values else role


def _end(order: ConversionOrder, *, kept: Sequence[str]) -> int:
    return _write(END, ROLE_ENDED, order, {"kept": list(kept)})


def _write(writing: LiteralString, action: str, order: ConversionOrder, values: Mapping[str, Any]) -> int:
    written = journal.write_and_record(
        writing, {**_values(order), **values}, action=action, subject_type=SUBJECT, actor=order.actor,
        happened_at=order.now,
    )  # fmt: skip
    return len(written)


def _holders(order: ConversionOrder, row: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_HOLDERS, {**_values(order), **_asked(row)})
        return int(cursor.fetchone()[0])


def _asked(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"holder": row["holder_role"], "role": row["role"], "length": PLACE_LENGTH[row["at"]]}


def _execute(statement: LiteralString, order: ConversionOrder, *, kept: Sequence[str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**_values(order), "kept": list(kept)})
        return int(cursor.rowcount)


def _values(order: ConversionOrder) -> dict[str, Any]:
    prefixes = order.areas.prefixes
    return {
        "from": list(prefixes), "to": [f"{prefix}{AFTER_EVERY_CODE_CHARACTER}" for prefix in prefixes],
        "now": order.now, "ends_at": order.ends_at, "activation": order.activation_uuid,
    }  # fmt: skip


GRANTS = declare_step(
    ConversionStep(
        code="access.grants", label=_("Emergency rights"), order=20, parts=frozenset({"grants"}), preview=preview,
        convert=convert, revert=revert, describe=describe,
    )
)  # fmt: skip
