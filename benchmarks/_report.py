"""What every benchmark prints and keeps: rows side by side, ratios against the named baseline, one JSON file."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def report(name: str, rows: list[dict[str, Any]], **facts: Any) -> None:
    """Print the rows as a table, and write them with the machine's load to benchmarks/results/NAME.json."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    widths = {column: max(len(column), *(len(_shown(row.get(column))) for row in rows)) for column in columns}
    print("  ".join(column.ljust(widths[column]) for column in columns))
    for row in rows:
        print("  ".join(_shown(row.get(column)).ljust(widths[column]) for column in columns))
    for fact, value in facts.items():
        print(f"{fact}: {_shown(value)}")
    RESULTS.mkdir(exist_ok=True)
    machine = {"processors": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}
    written = {"benchmark": name, "rows": rows, **facts, "machine": machine}
    (RESULTS / f"{name}.json").write_text(json.dumps(written, ensure_ascii=False, indent=1, default=str) + "\n")


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 100 else f"{value:,.0f}"
    return "" if value is None else str(value)
