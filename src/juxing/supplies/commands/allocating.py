"""
Sharing scarce goods: computed as advice with its proof, committed only when a person signs.

Computing reads and writes in two transactions and locks nothing in between. Signing checks everything again in the
database: nothing of an offer is given twice, and nobody gets more than was asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.copying import copy_rows
from juxing.kernel.jobs import job_kinds, start_job
from juxing.kernel.models import Job
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy, problems
from juxing.supplies.assumptions import Assumption, with_decisions
from juxing.supplies.enums import AllocationReason
from juxing.supplies.lifecycle import OPEN, REQUEST
from juxing.supplies.models import AllocationLine, AllocationRun
from juxing.supplies.problems import Handing, Shared, Sharing
from juxing.supplies.queries.sharing import (
    Asked,
    Basis,
    asked_quantities,
    claims_of,
    parties_of,
    sharing_basis,
)
from juxing.supplies.results import result_of

if TYPE_CHECKING:
    from juxing_engine.control import Control

ALLOCATION_KIND = "supplies.allocation"
COMPUTED = journal.declare_action("supplies.allocation.compute", _("Sharing computed"))
SIGNED = journal.declare_action("supplies.allocation.sign", _("Sharing signed"))
MAXIMUM_WEIGHT = 5
MAXIMUM_ASSUMPTION = 10_000_000
LINE_COLUMNS = ("area_code", "run", "request", "offer", "quantity", "asked", "is_asked_assumed", "reason")


@dataclass(frozen=True, slots=True)
class SharingSettings:
    """What a person decides beforehand: assumed quantities by item code, and a place whose claims weigh more."""

    assumptions: Mapping[str, int] = dataclass_field(default_factory=dict)
    weight_area: str = ""
    weight: int = 1

    def checked(self) -> SharingSettings:
        """
        Return the settings.

        Raises:
            InvalidInput: if a figure is out of range.
        """
        if not 1 <= self.weight <= MAXIMUM_WEIGHT:
            raise InvalidInput("weight_range", _("A weight is a whole number from 1 to 5."), field="weight")
        for code, quantity in self.assumptions.items():
            if not 1 <= quantity <= MAXIMUM_ASSUMPTION:
                raise InvalidInput(
                    "assumption_range", _("Assume a whole number from 1 to 10,000,000."), field=f"assume_{code}"
                )
        return self


@transaction.atomic
def begin_allocation(*, actor: Actor, now: datetime, area_code: str, settings: SharingSettings) -> Job:
    """
    Start computing in the background; the run appears under the job's uuid.

    Raises:
        NotPermitted: if the actor may not share out here.
    """
    actor.require(policy.SHARE_OUT, area_code)
    arguments = {"area_code": area_code, "settings": asdict(settings.checked())}
    return start_job(job_kinds[ALLOCATION_KIND], actor=actor, area_code=area_code, now=now, arguments=arguments)


def compute_allocation(
    *,
    actor: Actor,
    now: datetime,
    area_code: str,
    settings: SharingSettings,
    uuid: UUID | None = None,
    control: Control | None = None,
) -> AllocationRun:
    """
    Share what is offered over the open requests of a place; call it outside a transaction. Nothing is committed.

    With ``uuid`` a second call returns the run of the first.

    Raises:
        NotPermitted: if the actor may not share out here.
        Refusal: if nothing that is asked for is offered with a known quantity.
    """
    settings.checked()
    with acting(actor):
        known = AllocationRun.objects.filter(uuid=uuid).first() if uuid else None
        if known is not None:
            return known
        basis = sharing_basis(actor=actor, area_code=area_code)
    assumptions = _assumptions(basis, settings)
    asked = asked_quantities(basis, assumptions)
    parties = parties_of(basis, weight_area=settings.weight_area, weight=settings.weight)
    sharing = problems.build_sharing(*claims_of(asked, basis), parties)
    if sharing is None:
        raise Refusal(
            "nothing_to_share",
            _("Nothing that is asked for here is offered with a known quantity. Settle meanings and quantities first."),
        )
    shared = problems.solve_sharing(sharing, control=control)
    with acting(actor):
        return _write(
            _Computed(basis, asked, assumptions, sharing, shared), settings, actor=actor, now=now,
            area_code=area_code, uuid=uuid or uuid4(),
        )  # fmt: skip


@transaction.atomic
def sign_allocation(*, actor: Actor, now: datetime, run: AllocationRun) -> AllocationRun:
    """
    Commit a computed sharing: requests get their shares, offers are given away.

    Raises:
        NotPermitted: if the actor may not share out here.
        Refusal: if it was signed before, or requests or offers changed since it was computed.
    """
    actor.require(policy.SHARE_OUT, run.area_code)
    held = AllocationRun.objects.select_for_update().get(pk=run.pk)
    if held.signed_at is not None:
        raise Refusal(
            "signed_before",
            _("%(name)s signed this sharing already. Nothing was committed twice.") % {"name": held.signed_by_name},
        )
    request_ids = _commit(held)
    moved = REQUEST.move_many(request_ids, "commit", actor=actor, now=now)
    if len(moved) != len(request_ids):
        raise OUTDATED
    held.signed_at, held.signed_by_name = now, actor.name
    held.save(update_fields=["signed_at", "signed_by_name"])
    journal.record(
        SIGNED, actor=actor, subject=held, happened_at=now,
        changes={"requests": len(moved), "units": held.result["proof"]["given"]},
    )  # fmt: skip
    return held


OUTDATED = Refusal(
    "run_outdated",
    _("Requests or offers changed since this was computed, or lie outside your area. Compute a new sharing."),
)


@dataclass(frozen=True, slots=True)
class _Computed:
    basis: Basis
    asked: Sequence[Asked]
    assumptions: Mapping[int, Assumption]
    sharing: Sharing
    shared: Shared


def _assumptions(basis: Basis, settings: SharingSettings) -> dict[int, Assumption]:
    by_code = {row.item.code: row.assumption for row in basis.items.values()}
    decided = with_decisions(by_code, settings.assumptions)
    return {item_id: decided[row.item.code] for item_id, row in basis.items.items()}


def _write(
    computed: _Computed, settings: SharingSettings, *, actor: Actor, now: datetime, area_code: str, uuid: UUID
) -> AllocationRun:
    used = {
        computed.basis.items[item].item.code: computed.assumptions[item].as_json()
        for item in computed.sharing.items
        if any(one.is_assumed and one.request.item_id == item for one in computed.asked)
    }
    run = AllocationRun.objects.create(
        uuid=uuid, area_code=area_code, computed_at=now, computed_by_name=actor.name,
        settings={"assumptions": used, "weight_area": settings.weight_area, "weight": settings.weight},
        result=result_of(computed.basis, computed.asked, computed.sharing, computed.shared),
    )  # fmt: skip
    copy_rows(AllocationLine, LINE_COLUMNS, _rows(run, computed))
    journal.record(
        COMPUTED, actor=actor, subject=run, happened_at=now,
        changes={name: run.result["proof"][name] for name in ("given", "gap", "is_verified")},
    )  # fmt: skip
    return run


def _rows(run: AllocationRun, computed: _Computed) -> list[tuple[Any, ...]]:
    handed: defaultdict[int, list[Handing]] = defaultdict(list)
    for handing in computed.shared.handings:
        handed[handing.request_id].append(handing)
    ordered = sorted(
        computed.asked,
        key=lambda one: (one.left_out is not None, one.request.item.code if one.request.item else "", one.request.pk),
    )
    rows: list[tuple[Any, ...]] = []
    for one in ordered:
        given = handed[one.request.pk]
        reason = one.left_out or (
            AllocationReason.FULL
            if sum(handing.quantity for handing in given) == int(one.quantity or 0)
            else AllocationReason.FAIR_SHARE
        )
        parts: Sequence[tuple[int | None, int]] = [(part.offer_id, part.quantity) for part in given] or [(None, 0)]
        rows += [
            (one.request.area_code, run.pk, one.request.pk, offer, quantity, one.quantity, one.is_assumed, reason)
            for offer, quantity in parts
        ]
    return rows


def _commit(run: AllocationRun) -> list[int]:
    """Add the run's shares to requests and offers, all of them or (by refusing) none; return the requests."""
    requests = _sums(run, "request_id")
    offers = _sums(run, "offer_id")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM supplies_allocationline AS line JOIN supplies_supplyrequest AS asked "
            "ON asked.id = line.request_id JOIN supplies_supplyoffer AS offer ON offer.id = line.offer_id "
            "WHERE line.run_id = %s AND asked.item_id IS DISTINCT FROM offer.item_id",
            [run.pk],
        )
        if cursor.fetchone()[0]:
            raise OUTDATED
        cursor.execute("SELECT id FROM supplies_supplyoffer WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(offers)])
        cursor.execute(
            "UPDATE supplies_supplyoffer AS offer SET committed_quantity = committed_quantity + given.quantity "
            "FROM unnest(%s::bigint[], %s::numeric[]) AS given (id, quantity) "
            "WHERE offer.id = given.id AND offer.quantity >= offer.committed_quantity + given.quantity",
            [list(offers), list(offers.values())],
        )
        if cursor.rowcount != len(offers):
            raise OUTDATED
        cursor.execute(
            "UPDATE supplies_supplyrequest AS asked SET committed_quantity = committed_quantity + given.quantity "
            "FROM unnest(%s::bigint[], %s::numeric[]) AS given (id, quantity) WHERE asked.id = given.id "
            "AND asked.status = ANY(%s) "
            "AND (asked.quantity IS NULL OR asked.quantity >= asked.committed_quantity + given.quantity)",
            [list(requests), list(requests.values()), list(OPEN)],
        )
        if cursor.rowcount != len(requests):
            raise OUTDATED
    return list(requests)


def _sums(run: AllocationRun, column: str) -> dict[int, Decimal]:
    totals: defaultdict[int, Decimal] = defaultdict(Decimal)
    rows = AllocationLine.objects.filter(run=run, quantity__gt=0).values_list(column, "quantity").order_by(column)
    for row_id, quantity in rows:
        totals[row_id] += quantity
    return dict(totals)
