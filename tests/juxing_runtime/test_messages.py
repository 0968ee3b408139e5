"""Compiling catalogues."""

from __future__ import annotations

import gettext
from pathlib import Path

from juxing_runtime.messages import compile_changed

SOURCE = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Need"
msgstr "需求"
"""


def test_catalogue_is_compiled_once_and_again_after_a_change(tmp_path: Path) -> None:
    source = tmp_path / "room" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)

    first, second = compile_changed(tmp_path), compile_changed(tmp_path)
    source.write_text(SOURCE.replace("需求", "居民需求"))
    third = compile_changed(tmp_path)

    assert first == third == [source.with_suffix(".mo")]
    assert second == []
    with source.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Need") == "居民需求"
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]
