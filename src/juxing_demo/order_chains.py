"""
Order chains of a day: needs gathered by estate, laid out in a group's style, pasted again as the chain
grows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from juxing_demo.data_files import data
from juxing_demo.day_tables import OrderChainItemTable, OrderChainLineTable, OrderChainTable
from juxing_demo.day_texts import Items, NeedWriter, Voice
from juxing_demo.draws import Draws
from juxing_demo.order_chain_lines import ChainWriter, Line, Outcome

ENTRIES_PER_CHAIN = 32
STYLES = ("dot", "chain", "comma", "chat", "plain")
PASTED_BY = "grid_worker"


@dataclass
class Chains:
    """All chains of a day; `line_of_need` gives the line in which a need is first stated."""

    outcome: Outcome = field(default_factory=Outcome)
    line_of_need: dict[int, int] = field(default_factory=dict)
    pastes: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    line_items: list[tuple[Any, ...]] = field(default_factory=list)

    def tables(self) -> tuple[OrderChainTable, OrderChainLineTable, OrderChainItemTable]:
        """The three tables."""
        return (
            OrderChainTable.from_rows(self.pastes),
            OrderChainLineTable.from_rows(self.lines),
            OrderChainItemTable.from_rows(self.line_items),
        )

    def paste(self, frame: Frame, lines: list[Line], voice: Voice) -> None:
        """Paste one chain two or three times as it grows; each paste holds everything so far."""
        chain = self.pastes[-1][0] + 1 if self.pastes else 1
        bodies = _as_shown(lines, frame.style, voice)
        seen = 0
        for version, upto in enumerate(_cuts(len(lines)), start=1):
            row = len(self.pastes)
            shown = [*frame.above(), *zip(bodies[:upto], lines[:upto], range(upto), strict=True)]
            offset = len(shown) - upto + 1
            for number, (raw, line, at) in enumerate(shown, start=1):
                refers = line.refers_to + offset if line.refers_to >= 0 else -1
                is_new = version == 1 if at < 0 else at >= seen
                self._record((row, number, raw), replace(line, refers_to=refers), is_new)
            pasted_s = min(max(line.second for line in lines[:upto]) + voice.number(60, 900), 86_399)
            before = row - 1 if version > 1 else -1
            text = "\n".join(raw for raw, _, _ in shown)
            self.pastes.append(
                (chain, version, before, pasted_s, frame.pasted_by, frame.estate, frame.style, frame.title, text)
            )
            seen = upto

    def _record(self, position: tuple[int, int, str], line: Line, is_new: bool) -> None:
        row = len(self.lines)
        need = line.need if is_new else -1
        truth = (line.kind, is_new, line.household, line.building, line.door, need, line.refers_to, line.private)
        self.lines.append(position + truth)
        self.line_items += [(row, slug, quantity) for slug, quantity in line.items]
        if need >= 0:
            self.line_of_need[need] = row


@dataclass(frozen=True)
class Frame:
    """What surrounds the entries of a chain."""

    estate: int
    pasted_by: int
    style: str
    head: list[Line]

    @property
    def title(self) -> str:
        """The first line's text."""
        return self.head[0].body

    def above(self) -> list[tuple[str, Line, int]]:
        """(raw, line, -1) of the lines above the entries; a chat log has none."""
        if self.style == "chat":
            return []
        head = [(line.body, line, -1) for line in self.head]
        if self.style != "chain":
            return head
        opening = str(data("order_chains")["layout"]["opening"])
        return [(opening, Line("title", opening, 0), -1), *head, ("", Line("blank", "", 0), -1)]


def write_chains(needs: NeedWriter, items: list[Items], draws: Draws) -> Chains:
    """
    Chains for all needs of channel `order_chain`.

    Parameters
    ----------
    items
        What each need asks for, by need row; "+1" lines and changes alter it in the outcome.
    """
    voice = Voice(draws)
    result = Chains()
    district, plan = needs.district, needs.plan
    estate_of = district.buildings.estate_row[district.households.building_row[plan.household]]
    accounts = enumerate(district.staff.rows("role", "area_code"))
    pasted_by = {area: row for row, (role, area) in accounts if role == PASTED_BY}
    writer = ChainWriter(needs, voice)
    for estate, code in enumerate(district.estates.code):
        own = [row for row in np.flatnonzero(estate_of == estate).tolist() if plan.channel[row] == "order_chain"]
        chains = -(-len(own) // ENTRIES_PER_CHAIN)
        for part in range(chains):
            rows = own[part * len(own) // chains : (part + 1) * len(own) // chains]
            lines = writer.lines(rows, items, result.outcome)
            frame = Frame(estate, pasted_by[f"{code}-G01"], voice.one(STYLES), writer.head(rows, estate))
            result.paste(frame, lines, voice)
    return result


def _cuts(count: int) -> list[int]:
    """How many lines each paste holds."""
    if count < 6:
        return [count]
    return [count // 2, count] if count <= 24 else [count // 3, 2 * count // 3, count]


def _as_shown(lines: list[Line], style: str, voice: Voice) -> list[str]:
    """The lines as the group shows them; chatter carries no number."""
    texts = data("order_chains")
    result: list[str] = []
    number = 0
    for line in lines:
        counts = style in {"dot", "comma", "chain"} and line.kind != "chatter"
        number += counts
        layout = texts["layout"][style] if counts or style == "chat" else "{body}"
        clock = f"{line.second // 3600:02d}:{line.second // 60 % 60:02d}"
        name = voice.one(texts["nickname"]["texts"])
        result.append(layout.format(number=number, name=name, clock=clock, body=line.body))
    return result
