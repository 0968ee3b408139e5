"""What `generate_day` returns: one emergency day as it reaches the community, with the truth behind it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from juxing_demo.tables import Flags, Floats, Ints, Table, Texts

Grid = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class NeedTable(Table):
    """
    Needs in order of arrival, duplicates included.

    `arrived_s` is seconds after midnight. `channel`, `need_type`, `priority` are `IntakeChannel`,
    `NeedType`, `Priority` values; type and priority are the truth, not what the text says. `resident_row`
    is the person it is for, -1 for the household. `recorded_by_row` is the staff account that enters it,
    -1 for the resident's own entry; `consent_given` matters for channel `proxy`. `duplicate_of_row`
    points to the earlier need it repeats. `spreadsheet_row` and `chain_line_row` say where its raw input
    stands, -1 elsewhere.
    """

    arrived_s: Ints
    channel: Texts
    need_type: Texts
    priority: Texts
    household_row: Ints
    resident_row: Ints
    text: Texts
    contact_name: Texts
    contact_phone: Texts
    recorded_by_row: Ints
    consent_given: Flags
    duplicate_of_row: Ints
    spreadsheet_row: Ints
    chain_line_row: Ints


@dataclass(frozen=True, eq=False)
class NeedItemTable(Table):
    """Goods of a need: catalogue slug and quantity in the item's unit; halves occur, 0 is unknown."""

    need_row: Ints
    item: Texts
    quantity: Floats


@dataclass(frozen=True, eq=False)
class FollowUpTable(Table):
    """
    What the resident does after submission or delivery, one row per need.

    `withdraw_after_min` counts from arrival, `confirm_after_min` from delivery; -1 is never.
    `reopen_text` says what was wrong when the first delivery is not accepted, else empty. `score` is 1-5,
    0 for none.
    """

    need_row: Ints
    withdraw_after_min: Ints
    confirm_after_min: Ints
    reopen_text: Texts
    feedback_text: Texts
    score: Ints


@dataclass(frozen=True, eq=False)
class OrderChainTable(Table):
    """
    Pasted order chains; a chain is pasted again as it grows.

    `chain` numbers the chain, `version` its pastes from 1; `grown_from_row` is the paste before. `text`
    is what is pasted.
    """

    chain: Ints
    version: Ints
    grown_from_row: Ints
    pasted_s: Ints
    pasted_by_row: Ints
    estate_row: Ints
    style: Texts
    title: Texts
    text: Texts


@dataclass(frozen=True, eq=False)
class OrderChainLineTable(Table):
    """
    The truth about every line of every paste.

    `kind`: title, instruction, example, entry, plus_one, change, cancellation, chatter, blank.
    `first_seen` is true in the paste where the line is new. `building`, `door` are normalised ("5",
    "301"), empty where the writer gave none; `need_row` is set for lines that state a need in their first
    paste. `holds_private_detail` marks phones and illness that must be redacted.
    """

    paste_row: Ints
    line_number: Ints
    raw: Texts
    kind: Texts
    first_seen: Flags
    household_row: Ints
    building: Texts
    door: Texts
    need_row: Ints
    refers_to_line: Ints
    holds_private_detail: Flags


@dataclass(frozen=True, eq=False)
class OrderChainItemTable(Table):
    """Items of a chain line; quantity in the item's unit, 0 for unknown."""

    line_row: Ints
    item: Texts
    quantity: Floats


@dataclass(frozen=True, eq=False)
class SpreadsheetRowTable(Table):
    """
    Rows of the need spreadsheet as filled in by hand.

    The first columns are the cells, as text. `error` is the deliberate fault, empty for a good row:
    unknown_building, unknown_door, missing_door, other_community, negative_quantity, huge_quantity,
    formula, not_a_number, unknown_type, markup, overlong, old_date. `need_row` is -1 for rows that must
    be refused.
    """

    community_code: Texts
    date: Texts
    estate: Texts
    building: Texts
    door: Texts
    name: Texts
    phone: Texts
    need_type: Texts
    items: Texts
    quantity: Texts
    note: Texts
    error: Texts
    need_row: Ints


@dataclass(frozen=True, eq=False)
class ResponderBehaviour:
    """
    How each responder behaves, for simulation only: arrays of shape (responders, offers).

    The n-th offer made to a responder uses column ``n % offers``. `answer`: 0 accept, 1 decline, 2
    silent. `react_min` is minutes until the answer. `shows_up` holds for accepted offers; `travel_min`
    and `work_min` for those who come. `is_on_shift` is whether the person checks in at all this day.
    """

    is_on_shift: NDArray[np.bool_]
    answer: Grid
    react_min: Grid
    shows_up: NDArray[np.bool_]
    travel_min: Grid
    work_min: Grid

    def digest(self) -> str:
        """SHA-256 over all arrays."""
        sha = hashlib.sha256()
        for each in fields(self):
            sha.update(np.ascontiguousarray(getattr(self, each.name)).tobytes())
        return sha.hexdigest()


@dataclass(frozen=True, eq=False)
class Day:
    """One emergency day; `day` counts from 1, the first day of the emergency."""

    day: int
    seed: int
    needs: NeedTable
    need_items: NeedItemTable
    follow_ups: FollowUpTable
    order_chains: OrderChainTable
    order_chain_lines: OrderChainLineTable
    order_chain_items: OrderChainItemTable
    spreadsheet_rows: SpreadsheetRowTable
    behaviour: ResponderBehaviour
    is_demo: bool = field(default=True, init=False)

    def tables(self) -> dict[str, Table]:
        """All tables by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Table)}

    def digest(self) -> str:
        """SHA-256 of the digests of all tables and of the behaviour."""
        lines = [f"{name} {table.digest()}" for name, table in self.tables().items()]
        return hashlib.sha256("\n".join([*lines, self.behaviour.digest()]).encode()).hexdigest()
