"""Printed documents: the same values give the same PDF, and what is passed in stays text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typst

from juxing.kernel.documents import pdf


def values(**changes: Any) -> dict[str, Any]:
    return {
        "title": "日志封存摘要", "subtitle": "", "meta": [["打印人", "王某"]], "heads": ["编号", "摘要", "", ""],
        "cells": [["1", "ab", "", ""]], "signatures": ["审计员"], **changes,
    }  # fmt: skip


def test_same_values_at_the_same_time_give_the_same_bytes(now: datetime) -> None:
    assert pdf("access/seals", values(), now=now) == pdf("access/seals", values(), now=now)


@pytest.mark.parametrize("text", ["#panic()", "$x$", '"] #read("/etc/passwd")', "*粗*", "\\", "😀", "第\n行"])
def test_what_is_passed_in_is_printed_as_it_stands(text: str, now: datetime) -> None:
    plain = pdf("access/seals", values(), now=now)
    assert pdf("access/seals", values(title=text), now=now) != plain


def test_unknown_template_is_an_error_not_an_empty_page(now: datetime) -> None:
    with pytest.raises((RuntimeError, typst.TypstError)):
        pdf("access/none", values(), now=now)


def test_template_cannot_read_outside_the_rooms(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    inside = tmp_path / "rooms"
    inside.mkdir()
    (inside / "spy.typ").write_text('#read("/../secret.txt")', encoding="utf-8")
    with pytest.raises(typst.TypstError):
        typst.compile(str(inside / "spy.typ"), root=str(inside))
