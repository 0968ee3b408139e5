"""Whether the books are right: everything counted again from zero."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from juxing.supplies.holders import holders
from juxing.supplies.models import StockLevel

SHOWN = 20
UNEQUAL_SIDES = """
SELECT 'movement ' || move_id || ', lot ' || lot_id || ': sides differ by ' || sum(quantity)
FROM supplies_stockentry GROUP BY move_id, lot_id HAVING sum(quantity) <> 0
"""
WITHOUT_SIDES = """
SELECT 'movement ' || id || ' has no sides' FROM supplies_stockmove AS move
WHERE NOT EXISTS (SELECT FROM supplies_stockentry AS entry WHERE entry.move_id = move.id)
"""
BALANCES = """
SELECT 'place ' || place_id || ', lot ' || lot_id || ': movements give ' || coalesce(replayed.quantity, 0)
       || ', the balance says ' || coalesce(balance.quantity, 0)
FROM (SELECT place_id, lot_id, sum(quantity) AS quantity FROM supplies_stockentry GROUP BY place_id, lot_id) AS replayed
FULL JOIN (SELECT place_id, lot_id, quantity FROM supplies_stockbalance) AS balance USING (place_id, lot_id)
WHERE coalesce(replayed.quantity, 0) <> coalesce(balance.quantity, 0)
"""
LEVELS = """
SELECT 'depot ' || depot_id || ', item ' || item_id || ': lots add up to ' || coalesce(lots.quantity, 0)
       || ', the level says ' || coalesce(level.on_hand, 0)
FROM (SELECT place.depot_id, balance.item_id, sum(balance.quantity) AS quantity FROM supplies_stockbalance AS balance
      JOIN supplies_stockplace AS place ON place.id = balance.place_id AND place.kind = 'depot'
      GROUP BY place.depot_id, balance.item_id) AS lots
FULL JOIN (SELECT depot_id, item_id, on_hand FROM supplies_stocklevel) AS level USING (depot_id, item_id)
WHERE coalesce(lots.quantity, 0) <> coalesce(level.on_hand, 0)
"""
BELOW_ZERO = """
SELECT 'place ' || place_id || ', lot ' || lot_id || ': ' || quantity || ' is below zero'
FROM supplies_stockbalance WHERE quantity < 0 AND NOT is_source
"""
CHECKS = (UNEQUAL_SIDES, WITHOUT_SIDES, BALANCES, LEVELS, BELOW_ZERO)


@dataclass(slots=True)
class Verification:
    """What was looked at, and what is wrong (the first of each kind; ``wrong`` counts all)."""

    moves: int = 0
    entries: int = 0
    balances: int = 0
    wrong: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


def verify_ledger() -> Verification:
    """Replay the whole ledger and compare it with balances, levels and promises; needs a scope that sees everything."""
    found = Verification()
    with connection.cursor() as cursor:
        for name in ("move", "entry", "balance"):
            cursor.execute(f"SELECT count(*) FROM supplies_stock{name}")  # noqa: S608 - constant names
            setattr(found, {"move": "moves", "entry": "entries", "balance": "balances"}[name], cursor.fetchone()[0])
        for check in CHECKS:
            cursor.execute(check)
            rows = [row[0] for row in cursor.fetchall()]
            found.wrong += len(rows)
            found.problems += rows[:SHOWN]
    lost = _lost_promises()
    found.wrong += len(lost)
    found.problems += lost[:SHOWN]
    return found


def _lost_promises() -> list[str]:
    held: Counter[tuple[int, int]] = Counter()
    for _code, what_it_holds in holders:
        for key, quantity in what_it_holds().items():
            held[key] += quantity  # type: ignore[assignment]
    said = {
        (depot, item): reserved
        for depot, item, reserved in StockLevel.objects.filter(reserved__gt=0).values_list(
            "depot_id", "item_id", "reserved"
        )
    }
    keys = {key for key in {*held, *said} if held.get(key, Decimal(0)) != said.get(key, Decimal(0))}
    return [
        f"depot {key[0]}, item {key[1]}: {held.get(key, 0)} are promised, the level says {said.get(key, 0)}"
        for key in sorted(keys)
    ]
