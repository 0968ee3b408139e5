"""What people write or say: free text, items and quantities of each need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from juxing_demo.data_files import data
from juxing_demo.day_needs import DayPlan
from juxing_demo.district_tables import CareFlag, District
from juxing_demo.draws import Draws
from juxing_demo.wording import chinese_number, surname_of

T = TypeVar("T")
Items = list[tuple[str, float]]


class Voice:
    """Small choices made one after another, as a writer makes them; draws are taken in blocks for speed."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._block: list[float] = []

    def value(self) -> float:
        """A value in [0, 1)."""
        if not self._block:
            self._block = self._draws.uniform(4096).tolist()
        return self._block.pop()

    def chance(self, probability: float) -> bool:
        """True with the probability."""
        return self.value() < probability

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices, all alike."""
        return choices[int(self.value() * len(choices))]

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.value() * (high - low + 1))

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the choices by its weight."""
        aim = self.value() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            aim -= weight
            if aim < 0:
                return choice
        return choices[-1][0]


@dataclass(frozen=True)
class Words:
    """Items as people name them: slug to (words, measure word)."""

    names: dict[str, tuple[str, ...]]
    units: dict[str, str]

    @classmethod
    def of(cls, district: District) -> Words:
        """The catalogue's words."""
        rows = list(district.supply_items.rows("code", "names", "unit"))
        return cls({code: names for code, names, _ in rows}, {code: unit for code, _, unit in rows})


def quantity_text(quantity: float, voice: Voice) -> str:
    """A quantity in figures or Chinese, as people write it before a measure word."""
    if quantity == 0.5:
        return str(data("wording")["half"])
    whole = int(quantity)
    return chinese_number(whole, measured=True) if voice.chance(0.3) else str(whole)


def wanted_items(need_type: str, voice: Voice) -> Items:
    """
    What a need of the type asks for; at least one item where the type is about goods, none for services.
    """
    kinds: list[list[Any]] = data("needs")["type"][need_type]["items"]
    chosen = [(slug, float(voice.weighted(numbers))) for slug, chance, numbers in kinds if voice.chance(chance)]
    if not chosen and need_type not in {"medicine", "pet_care"} and kinds:
        slug, _, numbers = max(kinds, key=lambda kind: float(kind[1]))
        chosen = [(slug, float(voice.weighted(numbers)))]
    return chosen[:4]


def items_text(items: Items, words: Words, voice: Voice) -> str:
    """ "大米1袋、鸡蛋两板"."""
    separator: str = voice.one(data("wording")["item_separators"])
    parts = []
    for slug, quantity in items:
        name, unit = voice.one(words.names[slug]), words.units[slug]
        amount = quantity_text(quantity, voice) + unit
        parts.append(name + amount if voice.chance(0.75) else amount + name)
    return separator.join(parts)


def called(district: District, resident: int, voice: Voice) -> str:
    """What others call a resident."""
    people = district.residents
    age = int(people.age[resident])
    kind = "child" if age < 14 else f"{people.sex[resident]}_{'elder' if age >= 60 else 'adult'}"
    name = people.name[resident]
    return str(voice.one(data("people")["address"][kind]).format(surname=surname_of(name)))


def address(district: District, household: int) -> str:
    """ "5号楼301"."""
    building = int(district.households.building_row[household])
    return f"{district.buildings.label[building]}{district.households.door[household]}"


@dataclass(frozen=True)
class NeedWriter:
    """Writes the needs of one day; `heads` is the first resident of each household."""

    district: District
    plan: DayPlan
    words: Words
    voice: Voice
    heads: NDArray[np.int64]

    def text(self, row: int, items: Items) -> str:
        """The text of one need as it reaches the channel."""
        texts = data("needs")["text"]
        text = self._sentence(row, items)
        channel, voice = self.plan.channel[row], self.voice
        if channel in {"web", "mobile"}:
            hurry = texts["any"]["hurry"] if self.plan.priority[row] in {"urgent", "life_critical"} else []
            text = str(voice.one([*texts["any"]["open"], *hurry])) + text
            closing = [*texts["any"]["close"], *(texts["any"]["close_goods"] if items else [])]
            return text if text.endswith(data("wording")["question"]) else text + str(voice.one(closing))
        if voice.chance(0.7):
            person = called(self.district, self.person(row), voice)
            return str(voice.one(texts["recorded"][channel]).format(text=text, person=person))
        return text

    def person(self, row: int) -> int:
        """The resident a need is about: the one named, else the contact person of the household."""
        if self.plan.resident[row] >= 0:
            return int(self.plan.resident[row])
        return int(self.heads[self.plan.household[row]])

    def _templates(self, row: int, items: Items) -> list[str]:
        texts = data("needs")["text"]
        kind, priority = self.plan.need_type[row], self.plan.priority[row]
        by_priority = texts.get(kind, texts["goods"])
        expecting = self.district.residents.care_flags[self.person(row)] & CareFlag.PREGNANT_POSTNATAL
        if kind == "medical_trip" and expecting:
            by_priority = texts["birth"]
        elif kind == "pet_care" and not items:
            return list(by_priority["plain"])
        return list(by_priority.get(priority, by_priority["normal"]))

    def _sentence(self, row: int, items: Items) -> str:
        voice, words = self.voice, self.words
        medicine = data("needs")["text"]["medicine"]
        text: str = voice.one(self._templates(row, items)).format(
            items=items_text(items, words, voice),
            first=voice.one(words.names[items[0][0]]) if items else "",
            person=called(self.district, self.person(row), voice),
            people=chinese_number(int(self.district.households.size[self.plan.household[row]]), measured=True),
            address=address(self.district, int(self.plan.household[row])),
            months=voice.number(1, 30),
            days=voice.number(1, 5),
            weeks=voice.number(36, 39),
            drug=voice.one(medicine["drugs"]),
            disease=voice.one(medicine["diseases"]),
        )
        named = self.plan.need_type[row] == "medicine" and items
        if not named:
            return text
        return str(data("wording")["besides"].format(text=text, items=items_text(items, words, voice)))
