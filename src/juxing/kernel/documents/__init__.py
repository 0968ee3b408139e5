"""
Printed documents: a room's template and its values become a PDF, with no system program and no request to anywhere.

Templates are typst files, ``<room>/documents/<name>.typ``; they import ``/kernel/documents/base.typ`` and read what
they print from ``values``. What is passed in is data, never markup: typst prints it as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.utils import translation

ROOMS = Path(__file__).resolve().parents[2]
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


def pdf(template: str, values: Mapping[str, Any], *, now: datetime) -> bytes:
    """
    Return the document as a tagged PDF; the same values at the same time give the same bytes.

    ``template`` is a room and a name, such as ``access/seals``. Values are what JSON can hold; dates and numbers are
    put into words by the caller, who knows the reader's language.
    """
    room, name = template.split("/")
    source = ROOMS / room / "documents" / f"{name}.typ"
    told = json.dumps({**values, "lang": (translation.get_language() or "zh")[:2]}, ensure_ascii=False)
    made: bytes = typst.compile(
        str(source),
        root=str(ROOMS),
        font_paths=_fonts(),
        sys_inputs={"values": told},
        timestamp=int(now.timestamp()),
        pdf_tags=True,
    )
    return made


@cache
def _fonts() -> typst.Fonts:
    """Load the fonts once: reading them takes longer than setting a page."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
