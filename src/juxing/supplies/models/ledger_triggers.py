"""
What the database itself does when movements are written.

One statement writes all sides of a posting; the trigger of that statement refuses unequal sides and keeps the
balances. Rows are locked in one order everywhere: levels by depot and item, then balances by place and lot.
"""

from __future__ import annotations

import pgtrigger

KEEP_BALANCES = """
IF EXISTS (SELECT FROM fresh GROUP BY move_id, lot_id HAVING sum(quantity) <> 0) THEN
    RAISE EXCEPTION 'The two sides of a movement are not equal.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'supplies_entry_two_sides';
END IF;
SELECT array_agg(place_id), array_agg(lot_id), array_agg(delta), array_agg(is_count)
INTO places, lots, deltas, counts
FROM (SELECT place_id, lot_id, sum(quantity) AS delta, bool_and(kind = 'count') AS is_count
      FROM fresh GROUP BY place_id, lot_id ORDER BY place_id, lot_id) AS sums;
IF places IS NULL THEN
    RETURN NULL;
END IF;

SELECT array_agg(depot_id), array_agg(item_id), array_agg(delta)
INTO depots, items, level_deltas
FROM (SELECT place.depot_id, lot.item_id, sum(moved.delta) AS delta
      FROM unnest(places, lots, deltas) AS moved (place_id, lot_id, delta)
      JOIN supplies_stockplace AS place ON place.id = moved.place_id AND place.kind = 'depot'
      JOIN supplies_stocklot AS lot ON lot.id = moved.lot_id
      GROUP BY place.depot_id, lot.item_id ORDER BY place.depot_id, lot.item_id) AS sums;
IF depots IS NOT NULL THEN
    INSERT INTO supplies_stocklevel (area_code, depot_id, item_id, on_hand, reserved)
    SELECT depot.area_code, moved.depot_id, moved.item_id, 0, 0
    FROM unnest(depots, items) AS moved (depot_id, item_id) JOIN supplies_depot AS depot ON depot.id = moved.depot_id
    WHERE NOT EXISTS (SELECT FROM supplies_stocklevel AS level
                      WHERE level.depot_id = moved.depot_id AND level.item_id = moved.item_id)
    ORDER BY moved.depot_id, moved.item_id ON CONFLICT (depot_id, item_id) DO NOTHING;
    PERFORM FROM supplies_stocklevel AS level
    JOIN unnest(depots, items) AS moved (depot_id, item_id)
        ON level.depot_id = moved.depot_id AND level.item_id = moved.item_id
    ORDER BY level.depot_id, level.item_id FOR UPDATE OF level;
    UPDATE supplies_stocklevel AS level SET on_hand = on_hand + moved.delta
    FROM unnest(depots, items, level_deltas) AS moved (depot_id, item_id, delta)
    WHERE level.depot_id = moved.depot_id AND level.item_id = moved.item_id AND moved.delta <> 0;
END IF;

INSERT INTO supplies_stockbalance (area_code, place_id, lot_id, item_id, expires_on, is_source, quantity)
SELECT place.area_code, moved.place_id, moved.lot_id, lot.item_id, lot.expires_on,
       place.kind IN ('donor', 'supplier', 'difference', 'opening'), 0
FROM unnest(places, lots) AS moved (place_id, lot_id)
JOIN supplies_stockplace AS place ON place.id = moved.place_id
JOIN supplies_stocklot AS lot ON lot.id = moved.lot_id
WHERE NOT EXISTS (SELECT FROM supplies_stockbalance AS balance
                  WHERE balance.place_id = moved.place_id AND balance.lot_id = moved.lot_id)
ORDER BY moved.place_id, moved.lot_id ON CONFLICT (place_id, lot_id) DO NOTHING;
PERFORM FROM supplies_stockbalance AS balance
JOIN unnest(places, lots) AS moved (place_id, lot_id)
    ON balance.place_id = moved.place_id AND balance.lot_id = moved.lot_id
ORDER BY balance.place_id, balance.lot_id FOR UPDATE OF balance;
IF EXISTS (SELECT FROM supplies_stockbalance AS balance
           JOIN unnest(places, lots, counts) AS moved (place_id, lot_id, is_count)
               ON balance.place_id = moved.place_id AND balance.lot_id = moved.lot_id
           WHERE balance.is_frozen AND NOT moved.is_count) THEN
    RAISE EXCEPTION 'This is being counted.' USING ERRCODE = 'check_violation', CONSTRAINT = 'supplies_balance_frozen';
END IF;
UPDATE supplies_stockbalance AS balance SET quantity = quantity + moved.delta
FROM unnest(places, lots, deltas) AS moved (place_id, lot_id, delta)
WHERE balance.place_id = moved.place_id AND balance.lot_id = moved.lot_id AND moved.delta <> 0;
RETURN NULL;
"""


def keeps_balances() -> pgtrigger.Trigger:
    """Return the trigger that refuses unequal sides and brings balances and levels to date, once a statement."""
    return pgtrigger.Trigger(
        name="keep_balances", level=pgtrigger.Statement, when=pgtrigger.After, operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="fresh"),  # type: ignore[no-untyped-call]
        func=KEEP_BALANCES,
        declare=[
            ("places", "bigint[]"), ("lots", "bigint[]"), ("deltas", "numeric[]"), ("counts", "boolean[]"),
            ("depots", "bigint[]"), ("items", "bigint[]"), ("level_deltas", "numeric[]"),
        ],
    )  # fmt: skip


def append_only(name: str) -> pgtrigger.Protect:
    """Return the trigger that keeps rows as they were written."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def kept_by_the_ledger(name: str, column: str) -> list[pgtrigger.Protect]:
    """Return the triggers that let nothing but the ledger's own trigger write a column."""
    outside = "pg_trigger_depth() = 0"
    return [
        pgtrigger.Protect(
            name=f"{name}_update", operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f"{outside} AND NEW.{column} IS DISTINCT FROM OLD.{column}"),
        ),
        pgtrigger.Protect(
            name=f"{name}_insert", operation=pgtrigger.Insert,
            condition=pgtrigger.Condition(f"{outside} AND NEW.{column} <> 0"),
        ),
        pgtrigger.Protect(
            name=f"{name}_delete", operation=pgtrigger.Delete,
            condition=pgtrigger.Condition(f"OLD.{column} <> 0"),
        ),
    ]  # fmt: skip
