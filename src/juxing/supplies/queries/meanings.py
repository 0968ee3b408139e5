"""The queue of words nobody has settled yet: one entry per text, however many lines have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count

from juxing.kernel.actors import Actor
from juxing.supplies import policy
from juxing.supplies.meanings import ShownCandidate, candidates_for
from juxing.supplies.models import SupplyItem, SupplyOffer, SupplyRequest

SHOWN_TEXTS = 20


@dataclass(frozen=True, slots=True)
class OpenText:
    """Words as they stand, and on how many open lines."""

    written_item: str
    specification: str
    requests: int
    offers: int

    @property
    def lines(self) -> int:
        """On how many lines in all."""
        return self.requests + self.offers


@dataclass(frozen=True, slots=True)
class QueuedText:
    """An open text with what it may mean."""

    text: OpenText
    candidates: Sequence[ShownCandidate]


@dataclass(frozen=True, slots=True)
class MeaningQueue:
    """The most frequent open texts first; ``texts`` and ``lines`` count all of them."""

    shown: Sequence[QueuedText] = field(default_factory=list)
    texts: int = 0
    lines: int = 0


def open_texts(*, actor: Actor, limit: int = SHOWN_TEXTS) -> list[OpenText]:
    """Return texts without a settled meaning in the actor's places, most frequent first."""
    return _counted(actor)[:limit]


def meaning_queue(*, actor: Actor) -> MeaningQueue:
    """Return the queue as a person works through it."""
    counted = _counted(actor)
    items = {item.code: item for item in SupplyItem.objects.all()}
    return MeaningQueue(
        shown=[
            QueuedText(text, candidates_for(text.written_item, text.specification, items=items))
            for text in counted[:SHOWN_TEXTS]
        ],
        texts=len(counted),
        lines=sum(text.lines for text in counted),
    )


def catalogue_items() -> list[SupplyItem]:
    """Return the whole catalogue in the order of its classes, for choosing by name."""
    return list(SupplyItem.objects.order_by("category", "code"))


def item_of(code: str) -> SupplyItem | None:
    """Return the entry of this code, None when there is none."""
    return SupplyItem.objects.filter(code=code).first()


def _counted(actor: Actor) -> list[OpenText]:
    areas = actor.areas_with(policy.RECORD)
    counts: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    sides: tuple[type[SupplyRequest] | type[SupplyOffer], ...] = (SupplyRequest, SupplyOffer)
    for column, model in enumerate(sides):
        rows = (
            model.objects.inside(areas)
            .filter(item=None, is_mapping_confirmed=False)
            .values_list("written_item", "specification")
            .annotate(Count("id"))
        )
        for written, specification, count in rows:
            counts[written, specification][column] = count
    found = [OpenText(written, specification, *both) for (written, specification), both in counts.items()]
    return sorted(found, key=lambda text: (-text.lines, text.written_item, text.specification))
