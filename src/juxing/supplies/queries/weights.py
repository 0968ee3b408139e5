"""What boxes weigh, with all that stands in or on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from juxing.supplies.enums import ContainerStatus
from juxing.supplies.models import Container, ContainerContent
from juxing.supplies.weights import Weight, total, weight_of


def weights_of(container_ids: Collection[int]) -> dict[int, Weight]:
    """
    Return what each of these containers weighs with everything inside it; in the acting scope.

    A statement for each layer of boxes in pallets in loads, and one for what is in them.
    """
    root = {pk: pk for pk in container_ids}
    layer = dict(root)
    while layer:
        inner = Container.objects.filter(parent__in=layer).values_list("id", "parent_id")
        layer = {pk: layer[parent] for pk, parent in inner if parent is not None}
        root |= layer
    inside: defaultdict[int, list[tuple[Decimal | None, Decimal]]] = defaultdict(list)
    rows = ContainerContent.objects.filter(container__in=root)
    for box, each, quantity in rows.values_list("container_id", "lot__item__unit_grams", "quantity"):
        inside[box].append((each, quantity))
    found: defaultdict[int, list[Weight]] = defaultdict(list)
    for box, contents in inside.items():
        found[root[box]].append(weight_of(contents))
    return {pk: total(found[pk]) for pk in container_ids}


def weight_on_board(place_id: int) -> Weight:
    """Return what stands on a vehicle's place of the ledger; in the acting scope."""
    rows = Container.objects.filter(place=place_id, parent=None, status=ContainerStatus.UNDER_WAY)
    return total(weights_of(list(rows.values_list("id", flat=True))).values())
