"""Labelled chains in data/chains and how a reading is scored against them."""

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from juxing_text import CatalogueIndex, ChainItem, ChainLine, parse_order_chain

CHAINS = Path(__file__).with_name("data") / "chains"
FIELDS = ("number", "door", "name", "items", "quantities", "state", "uncertain", "redacted")


@dataclass(frozen=True)
class Score:
    """Counts over labelled lines: right by field, wholly correct, not found, and found too much."""

    labelled: int
    correct: int
    missing: int
    extra: int
    right: dict[str, int]
    wrong_lines: tuple[str, ...]


def score(prefix: str, catalogue: CatalogueIndex) -> Score:
    """Reads every chain whose file name begins with the prefix and compares it with its labels."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for path in sorted(CHAINS.glob(f"{prefix}*.txt")):
        text = path.read_text(encoding="utf-8")
        found = {line.span.line: line for line in parse_order_chain(text, catalogue=catalogue).lines}
        for label in json.loads(path.with_suffix(".json").read_text(encoding="utf-8")):
            counts["labelled"] += 1
            line = found.pop(label["line"], None)
            checks = _checks(line, label) if line is not None else {}
            counts.update(field for field, is_right in checks.items() if is_right)
            counts["missing"] += line is None
            counts["correct"] += bool(checks) and all(checks.values())
            if not checks or not all(checks.values()):
                wrong.append(f"{path.name}:{label['line']} {[name for name, right in checks.items() if not right]}")
        counts["extra"] += len(found)
        wrong += [f"{path.name}:{number} extra" for number in found]
    right = {field: counts[field] for field in FIELDS}
    return Score(counts["labelled"], counts["correct"], counts["missing"], counts["extra"], right, tuple(wrong))


def _checks(line: ChainLine, label: dict[str, Any]) -> dict[str, bool]:
    door = [line.door.building, line.door.unit, line.door.room] if line.door else None
    items = sorted(map(_item, line.items), key=repr)
    wanted = sorted(
        ((key, None if amount is None else Decimal(amount), unit) for key, amount, unit in label["items"]), key=repr
    )
    return {
        "number": line.number == label.get("number"),
        "door": door == label.get("door"),
        "name": line.contact_name == label.get("name"),
        "items": [item[0] for item in items] == [item[0] for item in wanted],
        "quantities": items == wanted,
        "state": line.state == label["state"],
        "uncertain": label.get("uncertain") in (None, *(doubt.code for doubt in line.uncertainties)),
        "redacted": label.get("redacted") in (None, *(redaction.kind for redaction in line.redactions)),
    }


def _item(item: ChainItem) -> tuple[str, Decimal | None, str | None]:
    """The package, else the first candidate (what a clerk sees selected), else the words."""
    if item.offer is not None:
        key = f"offer:{item.offer}"
    else:
        key = item.candidates[0].code if item.candidates else f"raw:{item.raw_name}"
    quantity = item.quantity
    return key, quantity.amount if quantity else None, quantity.unit if quantity else None
