"""
The story of a real list: from 2,095 lines hospitals wrote in early 2020 to a fair sharing with its proof.

Nothing in it is staged. What the words mean is decided as it would be by a clerk, and said; nothing is signed
unless the story is told with stock.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.import_report import ImportReport
from juxing.kernel.scope import acting
from juxing.places.enums import AreaLevel
from juxing.places.imports.areas import built_in_tree, import_areas
from juxing.places.models import Area
from juxing.supplies.catalogue import load_seed
from juxing.supplies.commands import (
    Arrived,
    Finding,
    SharingSettings,
    compute_allocation,
    confirm_meaning,
    inspect_donation,
    pledge_offer,
    receive_donation,
    serve_requests,
    settle_donation,
    sign_allocation,
)
from juxing.supplies.enums import DepotKind, LineKind, SupplyRequestStatus
from juxing.supplies.imports.wuhan2020 import SOURCE, import_wuhan2020
from juxing.supplies.meanings import candidates_for
from juxing.supplies.models import (
    AllocationLine,
    AllocationRun,
    Depot,
    Donation,
    SupplyItem,
    SupplyOffer,
    SupplyRequest,
)
from juxing.supplies.queries.donations import trace_of
from juxing.supplies.queries.meanings import OpenText, open_texts
from juxing.supplies.queries.verification import verify_ledger

HUBEI = "42"
CONFIRMED_FROM = 0.7
"""The demo person says yes to first candidates at or above this; a real clerk looks at each."""
DEMO_PERSON = Actor(kind=ActorKind.SYSTEM, name="demo person", rights_everywhere=True)
TOP_RECEIVERS = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """What the demo person did with one text that was not sure."""

    text: OpenText
    candidate: str
    confidence: float
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Stocked:
    """
    What became of the goods once the offers were received and a person signed.

    ``pledges`` are (trace code, item code, received, given to organisations, left in stock).
    """

    pledges: list[tuple[str, str, int, int, int]]
    requests: int
    units: int
    moves: int
    books_are_right: bool


@dataclass(slots=True)
class Story:
    """Everything the story found out, in the order it happened."""

    reports: dict[LineKind, ImportReport] = field(default_factory=dict)
    areas_added: int = 0
    meanings: dict[str, int] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    run: AllocationRun | None = None
    receivers: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    stock: Stocked | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the story's figures as one flat answer for machines."""
        run = self.run
        assert run is not None  # noqa: S101 - told to its end
        proof = run.result["proof"]
        return {
            "needs": self.reports[LineKind.REQUEST].read,
            "offers": self.reports[LineKind.OFFER].read,
            "rejected": sum(report.rejected for report in self.reports.values()),
            "warnings": sum(report.problem_count - report.rejected for report in self.reports.values()),
            "meanings": self.meanings,
            "confirmed_by_demo_person": sum(one.text.lines for one in self.decisions if one.is_confirmed),
            "waiting_for_a_person": sum(one.text.lines for one in self.decisions if not one.is_confirmed),
            "run": str(run.uuid),
            **{name: proof[name] for name in ("given", "given_bound", "gap", "is_optimal", "is_verified")},
            "min_coverage": float(Fraction(proof["lowest_level"])),
            "min_coverage_exact": proof["lowest_level"],
            "solve_seconds": proof["seconds"],
            "items": run.result["items"],
            "left_out": run.result["counts"]["left_out"],
            "offers_unknown": run.result["counts"]["offers_unknown"],
            "assumptions": run.settings["assumptions"],
            "top_receivers": self.receivers,
            "is_signed": run.signed_at is not None,
            "stock": asdict(self.stock) if self.stock else None,
            "seconds": self.seconds,
        }


def tell(*, now: datetime, with_stock: bool = False) -> Story:
    """
    Import, map, share; told again, it imports nothing and computes a fresh run. Call it outside a transaction.

    ``with_stock`` has the demo person receive what was offered, sign the sharing and serve the requests; told again it
    tells what was signed.
    """
    story, clock = Story(), _Stopwatch()
    actor = Actor.system("demo wuhan2020")
    with acting(actor):
        load_seed()
        if not Area.objects.filter(level=AreaLevel.DISTRICT, code__startswith=HUBEI).exists():
            story.areas_added = import_areas(actor=actor, now=now, content=built_in_tree()).added
    story.seconds["area_tree"] = clock.lap()
    story.reports = import_wuhan2020(actor=actor, now=now)
    story.seconds["import"] = clock.lap()
    story.meanings, story.decisions = _settle_meanings(now=now)
    story.seconds["meanings"] = clock.lap()
    with acting(DEMO_PERSON):
        signed = AllocationRun.objects.filter(area_code=HUBEI, signed_at__isnull=False).order_by("-id").first()
    story.run = signed if signed and with_stock else compute_allocation(
        actor=DEMO_PERSON, now=now, area_code=HUBEI, settings=SharingSettings()
    )  # fmt: skip
    story.seconds["sharing"] = clock.lap()
    if with_stock:
        story.stock = _stock(story.run, now=now)
        story.seconds["stock"] = clock.lap()
    with acting(actor):
        story.receivers = _top_receivers(story.run)
    return story


def _settle_meanings(*, now: datetime) -> tuple[dict[str, int], list[Decision]]:
    with acting(DEMO_PERSON):
        counts: Counter[str] = Counter()
        for model in (SupplyRequest, SupplyOffer):
            for item_id, confirmed, confidence in model.objects.filter(source=SOURCE).values_list(
                "item_id", "is_mapping_confirmed", "mapping_confidence"
            ):
                counts[_class_of(item_id, confidence, is_confirmed=confirmed)] += 1
        items = {item.code: item for item in SupplyItem.objects.all()}
        decisions = []
        for text in open_texts(actor=DEMO_PERSON, limit=1000):
            found = candidates_for(text.written_item, text.specification, items=items)
            first = found[0] if found else None
            is_yes = first is not None and first.confidence >= CONFIRMED_FROM
            if first is not None and is_yes:
                confirm_meaning(
                    actor=DEMO_PERSON, now=now, written_item=text.written_item, specification=text.specification,
                    item=first.item,
                )  # fmt: skip
            code, confidence = (first.item.code, first.confidence) if first else ("", 0.0)
            decisions.append(Decision(text, code, round(confidence, 2), is_yes))
    return dict(counts), decisions


def _stock(run: AllocationRun, *, now: datetime) -> Stocked:
    """Receive and inspect what the shared offers give, sign, and serve every request that got a share."""
    with acting(DEMO_PERSON):
        stations = Depot.objects.filter(area_code=HUBEI, kind=DepotKind.TRANSFER_STATION)  # its name has a language
        depot = stations.order_by("id").first() or Depot.objects.create(
            area_code=HUBEI, kind=DepotKind.TRANSFER_STATION, name=str(_("Transfer station of the story"))
        )
        shares = AllocationLine.objects.filter(run=run, offer__isnull=False, quantity__gt=0)
        for offer in SupplyOffer.objects.filter(pk__in=shares.values("offer")).order_by("id"):
            if not Donation.objects.filter(offer=offer).exists():
                _take_in(pledge_offer(actor=DEMO_PERSON, now=now, offer=offer, depot=depot), now=now)
        if run.signed_at is None:
            sign_allocation(actor=DEMO_PERSON, now=now, run=run)
            run.refresh_from_db()
        waiting = SupplyRequest.objects.filter(pk__in=shares.values("request"), status=SupplyRequestStatus.COMMITTED)
        ids = list(waiting.order_by("id").values_list("id", flat=True))
        if ids:
            serve_requests(actor=DEMO_PERSON, now=now, depot=depot, requests=ids)
        return _stocked(depot, shares)


def _take_in(donation: Donation, *, now: datetime) -> None:
    """Receive a pledge as it was promised, and find it good."""
    lines = list(donation.lines.all())
    arrived = {line.pk: Arrived(line.pledged) for line in lines}
    receive_donation(actor=DEMO_PERSON, now=now, donation=donation, arrived=arrived, is_sure=True)
    findings = {line.pk: Finding(line.pledged) for line in lines}
    inspect_donation(actor=DEMO_PERSON, now=now, donation=donation, findings=findings)
    settle_donation(actor=DEMO_PERSON, now=now, donation=donation)


def _stocked(depot: Depot, shares: QuerySet[AllocationLine]) -> Stocked:
    pledges = [
        (donation.trace_code, line.item.code, int(line.received), int(line.given_to_organisations), int(line.in_stock))
        for donation in Donation.objects.filter(depot=depot).order_by("id")
        for line in trace_of(donation.trace_code).lines
    ]
    served = SupplyRequest.objects.filter(pk__in=shares.values("request"), status=SupplyRequestStatus.DISPATCHED)
    verified = verify_ledger()
    return Stocked(
        pledges,
        served.count(),
        int(served.aggregate(units=Sum("committed_quantity"))["units"] or 0),
        verified.moves,
        verified.is_right,
    )


def _class_of(item_id: int | None, confidence: float, *, is_confirmed: bool) -> str:
    if is_confirmed:
        return "settled_before"
    if item_id is not None:
        return "sure"
    return "unsure" if confidence else "none"


def _top_receivers(run: AllocationRun) -> dict[str, list[tuple[str, int]]]:
    """Return by item code who gets most; two institutions of one name stay two."""
    totals: defaultdict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
    lines = AllocationLine.objects.filter(run=run, quantity__gt=0)
    for line in lines.select_related("request__organisation", "request__item"):
        if line.request.item is not None:
            organisation = line.request.organisation
            totals[line.request.item.code][organisation.name, organisation.pk] += int(line.quantity)
    return {
        code: [(name, got) for (name, _id), got in sorted(counts.items(), key=lambda one: (-one[1], one[0]))][
            :TOP_RECEIVERS
        ]
        for code, counts in sorted(totals.items())
    }


class _Stopwatch:
    def __init__(self) -> None:
        self._since = time.perf_counter()

    def lap(self) -> float:
        now = time.perf_counter()
        passed, self._since = now - self._since, now
        return round(passed, 3)
