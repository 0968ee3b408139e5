"""
Posts at a district's size: what the minute's job, the board, bodies and a table of posts take.

    python3 run.py bench organisations [--communities 350] [--posts 57]

Every post has A and two Bs (60,000 holdings at the usual size). All is made in one transaction on the benchmark's own
database and taken back at the end, so nothing has to be loaded before and nothing is left.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - settings first
from django.test.utils import CaptureQueriesContext  # noqa: E402 - settings first

from benchmarks._report import report  # noqa: E402 - settings first
from juxing.access.models import Account, RoleAssignment  # noqa: E402 - settings first
from juxing.access.queries import actor_of  # noqa: E402 - settings first
from juxing.access.roles import Role  # noqa: E402 - settings first
from juxing.kernel import clock  # noqa: E402 - settings first
from juxing.kernel.actors import Actor, ActorKind, Grant  # noqa: E402 - settings first
from juxing.kernel.copying import copy_rows  # noqa: E402 - settings first
from juxing.kernel.import_report import ImportReport  # noqa: E402 - settings first
from juxing.kernel.scope import acting  # noqa: E402 - settings first
from juxing.organisations import commands, queries  # noqa: E402 - settings first
from juxing.organisations.enums import FunctionalGroupType  # noqa: E402 - settings first
from juxing.organisations.models import Absence, Organisation, Post, PostHolding  # noqa: E402 - settings first
from juxing.organisations.table_imports import import_table  # noqa: E402 - settings first
from juxing.organisations.tables import Row  # noqa: E402 - settings first
from juxing.places.models import Area  # noqa: E402 - settings first
from juxing.site.demo.ids import take_ids  # noqa: E402 - settings first

SYSTEM = Actor.system("benchmark")
DISTRICT = "980117"
NOW = clock.now()
TABLE_ROWS = 5000
AWAY_EVERY = 20


class Measured:
    """Seconds and statements of every step, in order."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def __call__(self, what: str, step: Callable[[], Any]) -> Any:
        """Do the step and note what it took."""
        started = time.monotonic()
        with CaptureQueriesContext(connection) as asked:
            answer = step()
        self.rows.append({"what": what, "seconds": round(time.monotonic() - started, 3), "statements": len(asked)})
        return answer


class District:
    """The made-up district: communities, one organisation each, and people for every post."""

    def __init__(self, communities: int, posts: int) -> None:
        self.per, self.codes = posts, [f"{DISTRICT}{number // 40:03}{number % 40:03}" for number in range(communities)]
        columns = ("code", "name", "level", "parent_code", "source", "is_demo")
        rows = [(code, code, "community", code[:9], "local", True) for code in self.codes]
        copy_rows(Area, columns, rows)
        self.owners = take_ids(Organisation, communities)
        kind = "residents_committee"
        names = ("id", "area_code", "name", "organisation_type")
        copy_rows(
            Organisation, names, [(pk, code, "居委会", kind) for pk, code in zip(self.owners, self.codes, strict=True)]
        )
        self.people = take_ids(Account, communities * posts)
        fields = ("id", "uuid", "sign_in_name", "display_name", "password", "is_active", "is_demo", "created_at")
        copy_rows(
            Account, fields, [(pk, uuid4(), f"bench-{pk}", f"人{pk}", "!", True, True, NOW) for pk in self.people]
        )
        copy_rows(
            RoleAssignment, ("uuid", "account", "role", "area_code", "starts_at"),
            [(uuid4(), pk, Role.COMMUNITY_WORKER, self.area(row), NOW - timedelta(days=9))
             for row, pk in enumerate(self.people)],
        )  # fmt: skip
        self.posts = take_ids(Post, len(self.people))
        copy_rows(
            Post, ("id", "area_code", "organisation", "title"),
            [(pk, self.area(row), self.owners[row // posts], f"岗位{row % posts}")
             for row, pk in enumerate(self.posts)],
        )  # fmt: skip

    def area(self, row: int) -> str:
        """Return the community of a post."""
        return self.codes[row // self.per]

    def behind(self, row: int, rank: int) -> int:
        """Return the account of the B of this rank: the next people of the community."""
        base = row // self.per * self.per
        return self.people[base + (row - base + rank) % self.per]

    def hold(self) -> int:
        """Write A and two Bs for every post."""
        begun = NOW - timedelta(days=1)
        rows: list[tuple[Any, ...]] = []
        for row, post in enumerate(self.posts):
            rows.append((self.area(row), post, self.people[row], "primary", 1, begun))
            rows += [(self.area(row), post, self.behind(row, rank), "alternate", rank, begun) for rank in (1, 2)]
        return copy_rows(PostHolding, ("area_code", "post", "account", "slot", "rank", "starts_at"), rows)

    def send_away(self) -> None:
        """Let every twentieth A be away from now on."""
        held = PostHolding.objects.filter(slot="primary", post_id__in=list(self.posts)).order_by("id")
        rows = [(code, pk, "sudden", NOW, NOW) for pk, code in held.values_list("id", "area_code")[::AWAY_EVERY]]
        copy_rows(Absence, ("area_code", "holding", "kind", "starts_at", "declared_at"), rows)

    def table(self) -> list[Row]:
        """Return rows of new posts as a spreadsheet would bring them."""
        return [
            Row(row + 2, {
                "area": self.area(row), "organisation": "居委会", "title": f"新岗{row % self.per}",
                "primary": f"bench-{self.people[row]}",
                "alternates": f"bench-{self.behind(row, 1)},bench-{self.behind(row, 2)}",
            })
            for row in range(min(TABLE_ROWS, len(self.people)))
        ]  # fmt: skip


def measure(district: District, note: Measured) -> None:
    """Take the steps in the order of a day."""
    note("write holdings", district.hold)
    with connection.cursor() as cursor:
        for table in ("organisations_post", "organisations_postholding", "access_roleassignment"):
            cursor.execute(f"ANALYZE {table}")
    note("settle all, nothing changed", lambda: commands.settle_all(actor=SYSTEM, now=NOW))
    district.send_away()
    note("settle all, a twentieth of A away", lambda: commands.settle_all(actor=SYSTEM, now=NOW))
    for name, code, role in (
        ("district", DISTRICT, Role.DISTRICT_OPERATOR), ("community", district.codes[0], Role.COMMUNITY_WORKER)
    ):  # fmt: skip
        actor = Actor(kind=ActorKind.ACCOUNT, name="desk", account_id=district.people[0], grants=(Grant(role, code),))
        with acting(actor):
            note(f"board page, {name}", lambda actor=actor: queries.posts.board(actor=actor, now=NOW))
            note(f"board figures, {name}", lambda actor=actor: queries.posts.board_figures(actor=actor))
    account = Account.objects.get(pk=district.people[1])
    note("build an actor", lambda: actor_of(account, now=NOW))
    bodies = [
        commands.BodyInput(code, "functional_group", f"{group}组", group)
        for code in district.codes
        for group in FunctionalGroupType.values
    ]
    note("set up groups", lambda: commands.form_bodies(actor=SYSTEM, now=NOW, bodies=bodies, activation_id=1))
    note("dissolve groups", lambda: commands.dissolve_bodies_of(actor=SYSTEM, now=NOW, activation_id=1))
    rows = district.table()
    taken = ImportReport()
    note(
        f"import {len(rows)} posts with holders",
        lambda: import_table(actor=SYSTEM, now=NOW, name="posts", rows=rows, report=taken),
    )
    if taken.rejected:
        raise SystemExit(f"{taken.rejected} rows were refused: {taken.problems[:3]}")


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=350)
    parser.add_argument("--posts", type=int, default=57)
    chosen = parser.parse_args()
    note = Measured()
    with transaction.atomic(), acting(SYSTEM):
        measure(District(chosen.communities, chosen.posts), note)
        transaction.set_rollback(True)
    report("organisations", note.rows, communities=chosen.communities, posts_each=chosen.posts)


if __name__ == "__main__":
    main()
