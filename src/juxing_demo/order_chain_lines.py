"""
The lines of an order chain as neighbours write them, with the truth about each.

Entries state needs; between them stands what groups always hold: chatter, second thoughts, "+1", and
details that never belonged in a group.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from juxing_demo.data_files import data
from juxing_demo.day_texts import Items, NeedWriter, Voice
from juxing_demo.wording import chinese_digits, chinese_number, full_width, number_of


@dataclass(frozen=True)
class Line:
    """One line of a chain before it is numbered; `refers_to` and `need` are -1 for none."""

    kind: str
    body: str
    second: int
    household: int = -1
    building: str = ""
    door: str = ""
    need: int = -1
    refers_to: int = -1
    private: bool = False
    items: tuple[tuple[str, float], ...] = ()


@dataclass
class Outcome:
    """What chains make of needs, by need row: text, items asked for in the end, second of withdrawal."""

    texts: dict[int, str] = field(default_factory=dict)
    items: dict[int, Items] = field(default_factory=dict)
    withdrawn_s: dict[int, int] = field(default_factory=dict)


class ChainWriter:
    """Writes the lines of one chain in the order in which people add them."""

    def __init__(self, needs: NeedWriter, voice: Voice) -> None:
        self._district = needs.district
        self._plan = needs.plan
        self._words = needs.words
        self._heads = needs.heads
        self._voice = voice
        self._texts = data("order_chains")

    def head(self, rows: list[int], estate: int) -> list[Line]:
        """The lines above the entries, the title first."""
        kinds = [self._plan.need_type[row] for row in rows]
        most = max(sorted(set(kinds)), key=kinds.count)
        title = self._voice.one(self._texts["title"][most]).format(estate=self._district.estates.name[estate])
        head = [Line("title", title, 0)]
        if self._voice.chance(0.6):
            head.append(Line("instruction", self._voice.one(self._texts["instruction"]["texts"]), 0))
        if self._voice.chance(0.6):
            head.append(Line("example", self._voice.one(self._texts["example"]["texts"]), 0))
        return head

    def lines(self, rows: list[int], items: list[Items], result: Outcome) -> list[Line]:
        """Entries and what people put between them; later lines may cancel or change earlier ones."""
        lines: list[Line] = []
        last_entry = -1
        for row in rows:
            second = int(self._plan.arrived_s[row])
            if self._voice.chance(0.06):
                lines.append(Line("chatter", self._voice.one(self._texts["chatter"]["texts"]), second))
            joins = last_entry >= 0 and self._same_type(row, lines[last_entry].need) and self._voice.chance(0.07)
            if joins:
                lines.append(self._plus_one(row, lines[last_entry], last_entry))
                result.items[row] = [*result.items[lines[last_entry].need]]
            else:
                lines.append(self._entry(row, items[row]))
                result.items[row] = items[row]
                last_entry = len(lines) - 1
            result.texts[row] = lines[-1].body
            self._afterthoughts(lines, result)
        return lines

    def _same_type(self, row: int, other: int) -> bool:
        return self._plan.need_type[row] == self._plan.need_type[other]

    def _afterthoughts(self, lines: list[Line], result: Outcome) -> None:
        """With small chances: someone joins without an address, cancels, or changes a quantity."""
        voice, second = self._voice, lines[-1].second + 30
        entries = [at for at, line in enumerate(lines) if line.kind == "entry" and line.need not in result.withdrawn_s]
        if voice.chance(0.012):
            lines.append(
                Line(
                    "plus_one",
                    voice.one(self._texts["plus_one"]["bare"]),
                    second,
                    refers_to=entries[-1] if entries else -1,
                )
            )
        if len(entries) > 3 and voice.chance(0.035):
            at = voice.one(entries[:-1])
            if not any(line.refers_to == at for line in lines):
                body = voice.one(self._texts["cancellation"]["texts"]).format(address=self._plain_address(lines[at]))
                lines.append(
                    replace(
                        lines[at],
                        kind="cancellation",
                        body=body,
                        second=second,
                        need=-1,
                        refers_to=at,
                        private=False,
                        items=(),
                    )
                )
                result.withdrawn_s[lines[at].need] = second
        elif len(entries) > 2 and voice.chance(0.03):
            at = voice.one(entries)
            if not any(line.refers_to == at for line in lines):
                lines.append(self._change(lines[at], at, second, result))

    def _entry(self, row: int, items: Items) -> Line:
        voice = self._voice
        household = int(self._plan.household[row])
        text, building, door = self._address(household)
        stated: list[tuple[str, float]] = []
        parts: list[str] = []
        for slug, quantity in items:
            part, known = self._item(slug, quantity)
            parts.append(part)
            stated.append((slug, quantity if known else 0.0))
        wishes = voice.one(self._texts["item"]["separator"]).join(parts)
        glued = bool(door) and not (wishes[0].isdecimal() or wishes[0] in data("wording")["digits"])
        body = text + voice.one(self._texts["between"]["texts" if glued else "apart"])
        body += wishes + voice.one(self._texts["tail"]["texts"])
        private = voice.chance(0.035)
        if private:
            head = int(self._heads[household])
            number = self._district.residents.phone[head]
            body += voice.one(self._texts["tail"]["private"]).format(phone=number, tail=number[-4:])
        second = int(self._plan.arrived_s[row])
        return Line("entry", body, second, household, building, door, row, -1, private, tuple(stated))

    def _plus_one(self, row: int, model: Line, at: int) -> Line:
        household = int(self._plan.household[row])
        _, building, door = self._address(household, with_door=True)
        body = self._voice.one(self._texts["plus_one"]["texts"]).format(address=f"{building}-{door}")
        second = int(self._plan.arrived_s[row])
        return Line("plus_one", body, second, household, building, door, row, at, False, model.items)

    def _change(self, entry: Line, at: int, second: int, result: Outcome) -> Line:
        slug, _ = self._voice.one(entry.items)
        quantity = float(self._voice.number(1, 3))
        name, unit = self._words.names[slug][0], self._words.units[slug]
        number = str(int(quantity))
        body = self._voice.one(self._texts["change"]["texts"]).format(
            address=self._plain_address(entry), i=name, q=number, c=chinese_number(int(quantity), measured=True), m=unit
        )
        result.items[entry.need] = [(s, quantity if s == slug else q) for s, q in result.items[entry.need]]
        changed = tuple((s, quantity if s == slug else q) for s, q in entry.items)
        return replace(
            entry, kind="change", body=body, second=second, need=-1, refers_to=at, private=False, items=changed
        )

    def _plain_address(self, line: Line) -> str:
        household = self._district.households
        building = self._district.buildings.label[household.building_row[line.household]]
        return f"{building}{household.door[line.household]}"

    def _address(self, household: int, *, with_door: bool | None = None) -> tuple[str, str, str]:
        """How the writer gives the address, and what of it is there: building number and door."""
        households, buildings = self._district.households, self._district.buildings
        building = number_of(buildings.label[households.building_row[household]])
        door = households.door[household]
        unit = int(self._district.units.code[households.unit_row[household]][-2:])
        named = with_door if with_door is not None else not self._voice.chance(0.025)
        pattern = self._voice.one(self._texts["address"]["with_door" if named else "without_door"])
        text = pattern.format(
            b=building,
            d=door,
            u=unit,
            B=chinese_number(int(building)),
            D=chinese_digits(door),
            fb=full_width(building),
            fd=full_width(door),
        )
        return text, building, door if named else ""

    def _item(self, slug: str, quantity: float) -> tuple[str, bool]:
        """An item with its quantity as written; false where the writer left the quantity out."""
        voice, texts = self._voice, self._texts["item"]
        name, unit = voice.one(self._words.names[slug]), self._words.units[slug]
        if quantity == 0.5:
            return voice.one(texts["half"]).format(i=name, m=unit), True
        if quantity == 1 and voice.chance(0.12):
            return voice.one(texts["uncounted"]).format(i=name), False
        patterns = texts["two"] if quantity == 2 and voice.chance(0.25) else texts["counted"]
        number = str(int(quantity))
        text = voice.one(patterns).format(
            i=name, m=unit, q=number, c=chinese_number(int(quantity), measured=True), f=full_width(number)
        )
        return text, True
