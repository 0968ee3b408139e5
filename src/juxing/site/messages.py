"""
The words of each room, gathered from its Python and its templates: what must stand in its translation.

Django's own gathering needs a system program; this one needs only Babel. ``juxing extract_messages`` writes new
words into the rooms' files; a test fails while one of them has no Chinese.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PRODUCT = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def rooms() -> list[Path]:
    """Return the folders that keep translations: one per room."""
    return sorted(path for path in PRODUCT.iterdir() if (path / "__init__.py").exists())


def po_path(room: Path) -> Path:
    """Return where the room's Chinese stands."""
    return room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def gathered(room: Path) -> Catalog:
    """Return every word for people in the room's source."""
    catalog = Catalog(locale=LOCALE, project="Juxing", charset="utf-8")
    for path, source in _sources(room):
        for line, message, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            catalog.add(message, locations=[(path, line)], context=context)
    return catalog


def translated(room: Path) -> Catalog:
    """Return the room's translation as it stands; empty when there is none."""
    path = po_path(room)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def update(room: Path) -> int:
    """Write new words into the room's translation, drop those no longer used, and return how many lack Chinese."""
    words, kept = gathered(room), translated(room)
    if not len(words):
        return 0
    kept.update(words, no_fuzzy_matching=True)
    kept.obsolete.clear()
    path = po_path(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, kept, width=120, no_location=True, omit_header=False, sort_output=True)
    return sum(1 for message in kept if message.id and not message.string)


def _sources(room: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(room.rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(PRODUCT)), path.read_bytes()
    for suffix in ("html", "txt"):
        for path in sorted(room.rglob(f"templates/**/*.{suffix}")):
            yield str(path.relative_to(PRODUCT)), _as_python(path)


def _as_python(template: Path) -> bytes:
    """Return the template with its words as calls; lines are flushed left, or the indentation is no Python."""
    lines = templatize(template.read_text(encoding="utf-8")).splitlines()
    return "\n".join(line.lstrip() for line in lines).encode()
