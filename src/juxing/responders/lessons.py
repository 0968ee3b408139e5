"""Short lessons (防疫小课堂, 岗前培训) with a check of understanding, as data: readable without signal."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers; ``right`` is the number of the right one, from 0, ``why`` is shown after."""

    text: Texts
    answers: Sequence[Texts]
    right: int
    why: Texts


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of a few minutes; understanding it holds for ``valid_days``."""

    code: str
    title: Texts
    minutes: int
    valid_days: int
    parts: Sequence[Texts]
    questions: Sequence[Question]


@cache
def lessons() -> Mapping[str, Lesson]:
    """Return every lesson by its code."""
    read = tomllib.loads(Path(__file__).with_name("lessons.toml").read_text(encoding="utf-8"))
    return {
        code: Lesson(
            code=code, title=row["title"], minutes=row["minutes"], valid_days=row["valid_days"], parts=row["parts"],
            questions=[
                Question(text=one["text"], answers=one["answers"], right=one["right"], why=one["why"])
                for one in row["questions"]
            ],
        )
        for code, row in read.items()
    }  # fmt: skip


def told(texts: Texts) -> str:
    """Return a text in the reader's language."""
    return texts["zh"] if (get_language() or "").startswith("zh") else texts["en"]


def course_title(code: str) -> str:
    """Return what a course is called; its code if there is none any more."""
    lesson = lessons().get(code)
    return told(lesson.title) if lesson else code
