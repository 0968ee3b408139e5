"""Order-chain parser against a naive regular expression: lines per second and accuracy on the labelled chains, as JSON.

The baseline is what one writes first: a number, a door with a dash or building word, then words followed by
digits and a unit. It knows nothing of pastes, changes, Han numerals, packages or private details. Both read the
same files in the same run.

    python benchmarks/order_chain.py [--rounds 5]
"""

import argparse
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from juxing_text import CatalogueIndex, load_catalogue, parse_order_chain  # noqa: E402
from juxing_text.lexicon import HAN, any_of  # noqa: E402
from juxing_text.quantities import UNIT_PATTERN, unit_code  # noqa: E402
from tests.juxing_text.chain_labels import CHAINS, score  # noqa: E402

_NAIVE_LINE = re.compile(
    rf"^\s*(?P<number>\d+)[.,)\u3001\uff0c]\s*(?:[^\d\s]+\s+)?(?P<building>\d+)\s*(?:-|{any_of('address.building')})\s*"
    rf"(?P<room>\d{{3,4}})(?P<rest>.*)$"
)
_NAIVE_ITEM = re.compile(rf"(?P<item>[{HAN}]+)\s*(?P<amount>\d+)\s*(?P<unit>{UNIT_PATTERN})")


def naive_lines(text: str, catalogue: CatalogueIndex) -> dict[int, dict[str, Any]]:
    """The baseline's reading by line number."""
    out = {}
    for number, line in enumerate(text.split("\n"), 1):
        found = _NAIVE_LINE.match(line)
        if found:
            items = [
                (catalogue.exact(one["item"]) or f"raw:{one['item']}", Decimal(one["amount"]), unit_code(one["unit"]))
                for one in _NAIVE_ITEM.finditer(found["rest"])
            ]
            out[number] = {"door": [found["building"], None, found["room"]], "items": items}
    return out


def naive_score(prefix: str, catalogue: CatalogueIndex) -> dict[str, float | int]:
    """Share of labelled lines whose door, and whose quantities, the baseline has right; lines it has too much."""
    counts: Counter[str] = Counter()
    for path in sorted(CHAINS.glob(f"{prefix}*.txt")):
        found = naive_lines(path.read_text(encoding="utf-8"), catalogue)
        for label in json.loads(path.with_suffix(".json").read_text(encoding="utf-8")):
            line = found.pop(label["line"], {})
            wanted = [(key, amount and Decimal(amount), unit) for key, amount, unit in label["items"]]
            counts["lines"] += 1
            counts["door"] += line.get("door") == label.get("door")
            counts["quantities"] += sorted(line.get("items", []), key=repr) == sorted(wanted, key=repr)
        counts["extra"] += len(found)
    return {
        "lines": counts["lines"],
        "door": round(counts["door"] / counts["lines"], 4),
        "quantities": round(counts["quantities"] / counts["lines"], 4),
        "extra": counts["extra"],
    }


def parser_score(prefix: str, catalogue: CatalogueIndex) -> dict[str, float | int]:
    """The same shares for the parser, and the share of lines with every field right."""
    result = score(prefix, catalogue)
    return {
        "lines": result.labelled,
        "door": round(result.right["door"] / result.labelled, 4),
        "quantities": round(result.right["quantities"] / result.labelled, 4),
        "state": round(result.right["state"] / result.labelled, 4),
        "all_fields": round(result.correct / result.labelled, 4),
        "extra": result.extra,
    }


def lines_per_second(read: Callable[[str], object], texts: list[str], rounds: int) -> float:
    """Median over the rounds; each round reads every text once."""
    lines = sum(text.count("\n") + 1 for text in texts)
    speeds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for text in texts:
            read(text)
        speeds.append(lines / (time.perf_counter() - begun))
    return round(statistics.median(speeds), 1)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    catalogue = CatalogueIndex(load_catalogue())
    texts = [path.read_text(encoding="utf-8") for path in sorted(CHAINS.glob("*.txt"))]
    parser = lines_per_second(lambda text: parse_order_chain(text, catalogue=catalogue), texts, rounds)
    naive = lines_per_second(lambda text: naive_lines(text, catalogue), texts, rounds)
    report = {
        "benchmark": "order_chain",
        "lines_per_second": {"parser": parser, "naive_regex": naive, "ratio": round(parser / naive, 5)},
        "accuracy": {
            prefix: {"parser": parser_score(prefix, catalogue), "naive_regex": naive_score(prefix, catalogue)}
            for prefix in ("dev", "held", "hard")
        },
    }
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
