"""Every word for people has its Chinese, with the same placeholders."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from juxing.site.messages import gathered, rooms, translated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
ROOMS = [room for room in rooms() if len(gathered(room))]


def as_tuple(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_word_of_a_room_is_translated(room: Path) -> None:
    chinese = translated(room)
    missing = []
    for message in gathered(room):
        if not message.id:
            continue
        found = chinese.get(message.id, message.context)
        if found is None or not all(as_tuple(found.string)) or found.fuzzy:
            missing.append((message.context, message.id, message.locations[:1]))
    assert missing == [], "run `python3 run.py juxing extract_messages` and translate"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_translations_keep_their_placeholders(room: Path) -> None:
    wrong = [
        (message.id, text)
        for message in translated(room)
        if message.id and all(as_tuple(message.string))
        for text in as_tuple(message.string)
        if not keeps_placeholders(as_tuple(message.id), text)
    ]
    assert wrong == []


def test_the_same_words_have_the_same_chinese_in_every_room() -> None:
    """The rooms' catalogues become one: of two translations, one would stand in both rooms. Give one a context."""
    found: defaultdict[tuple[str | None, str], defaultdict[tuple[str, ...], list[str]]]
    found = defaultdict(lambda: defaultdict(list))
    for room in ROOMS:
        for message in translated(room):
            if message.id:
                word = message.context, as_tuple(message.id)[0]
                found[word][as_tuple(message.string)].append(room.name)

    assert {word: dict(texts) for word, texts in found.items() if len(texts) > 1} == {}


def keeps_placeholders(words: tuple[str, ...], text: str) -> bool:
    singular, plural = set(PLACEHOLDER.findall(words[0])), set(PLACEHOLDER.findall(words[-1]))
    return singular & plural <= set(PLACEHOLDER.findall(text)) <= singular | plural
