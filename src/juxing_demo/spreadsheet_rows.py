"""The need spreadsheet as a clerk fills it from paper slips, with deliberate errors among good rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from juxing_demo.data_files import data
from juxing_demo.day_needs import DayPlan
from juxing_demo.day_tables import SpreadsheetRowTable
from juxing_demo.day_texts import Items, NeedWriter, Voice, Words
from juxing_demo.district_tables import District
from juxing_demo.draws import Draws
from juxing_demo.wording import full_width, number_of

ERROR_SHARE = 0.09
ERRORS = (
    "unknown_building",
    "unknown_door",
    "missing_door",
    "other_community",
    "negative_quantity",
    "huge_quantity",
    "formula",
    "not_a_number",
    "unknown_type",
    "markup",
    "overlong",
    "old_date",
)
FIRST_DAY = 24
"""Day of October 2022 before the first day of the story."""


def write_rows(writer: NeedWriter, items: list[Items], texts: list[str], day: int, draws: Draws) -> SpreadsheetRowTable:
    """
    A row for each need on paper, in order of arrival, and faulty rows of people who will have to be asked
    again.
    """
    voice = Voice(draws)
    clerk = Clerk(writer.district, writer.plan, writer.words, voice, writer.heads, FIRST_DAY + day)
    on_paper = [row for row, channel in enumerate(writer.plan.channel) if channel == "paper"]
    rows = [(clerk.row(row, items[row], texts[row]), "", row) for row in on_paper]
    for number in range(max(len(ERRORS), round(len(on_paper) * ERROR_SHARE))):
        model = voice.one(on_paper) if on_paper else 0
        good = clerk.row(model, [("rice", 1.0)], texts[model])
        error = ERRORS[number % len(ERRORS)]
        rows.insert(voice.number(0, len(rows)), (_spoiled(good, error, writer.district, voice), error, -1))
    columns = {name: [cells[name] for cells, _, _ in rows] for name in SpreadsheetRowTable.columns()[:-2]}
    return SpreadsheetRowTable(
        **columns,
        error=[error for _, error, _ in rows],
        need_row=np.array([need for _, _, need in rows], dtype=np.int32),
    )


@dataclass(frozen=True)
class Clerk:
    """Someone who fills the sheet, no two rows in quite the same way; `date` is a day of October 2022."""

    district: District
    plan: DayPlan
    words: Words
    voice: Voice
    heads: NDArray[np.int64]
    date: int

    def row(self, need: int, items: Items, text: str) -> dict[str, str]:
        """The cells of a good row."""
        sheet, voice, district = data("spreadsheet"), self.voice, self.district
        separator = str(data("wording")["list_separator"])
        household = int(self.plan.household[need])
        building_row = district.households.building_row[household]
        estate = int(district.buildings.estate_row[building_row])
        building = number_of(district.buildings.label[building_row])
        door = district.households.door[household]
        head = int(self.heads[household])
        return {
            "community_code": district.estates.community_code[estate],
            "date": voice.one(sheet["date"]["good"]).format(day=self.date),
            "estate": district.estates.name[estate],
            "building": voice.one(sheet["building"]["good"]).format(b=building, f=full_width(building)),
            "door": voice.one(sheet["door"]["good"]).format(d=door, f=full_width(door)),
            "name": district.residents.name[head],
            "phone": district.residents.phone[head],
            "need_type": voice.one(sheet["type_words"][self.plan.need_type[need]]),
            "items": separator.join(self.words.names[slug][0] for slug, _ in items),
            "quantity": separator.join(f"{quantity:g}" for _, quantity in items),
            "note": "" if items and voice.chance(0.6) else text,
        }


def _spoiled(row: dict[str, str], error: str, district: District, voice: Voice) -> dict[str, str]:
    wrong = data("spreadsheet")["error"]
    column = {
        "unknown_building": "building",
        "unknown_door": "door",
        "missing_door": "door",
        "negative_quantity": "quantity",
        "huge_quantity": "quantity",
        "formula": "items",
        "not_a_number": "quantity",
        "unknown_type": "need_type",
        "markup": "name",
        "old_date": "date",
    }.get(error)
    if error == "other_community":
        others = [code for code in district.estates.community_code if code != row["community_code"]]
        return row | {"community_code": voice.one(others)}
    if error == "overlong":
        return row | {"note": wrong["overlong_unit"] * 2_000}
    return row | {column or "note": wrong.get(error, "")}
