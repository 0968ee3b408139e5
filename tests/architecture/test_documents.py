"""Documents point only at what is there."""

from __future__ import annotations

import re
from pathlib import Path

from juxing.site.lifecycle_pages import pages

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
CODE_PATH = re.compile(r"`((?:src|tests|docs|benchmarks)/[\w./-]+)`")


def test_links_of_documents_lead_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)} -> {target}"
        for document in DOCUMENTS
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_files_named_in_documents_exist() -> None:
    missing = [
        f"{document.relative_to(ROOT)}: {named}"
        for document in DOCUMENTS
        for named in CODE_PATH.findall(document.read_text(encoding="utf-8"))
        if not (ROOT / named.rstrip("/")).exists()
    ]
    assert missing == []


def test_pages_of_lifecycles_say_what_the_code_does() -> None:
    folder = ROOT / "docs" / "lifecycles"
    drawn = dict(pages())
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    assert kept == drawn, "run: python3 run.py juxing draw-lifecycles"
