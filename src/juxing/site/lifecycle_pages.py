"""
The pages of `docs/lifecycles`: each room's table of states as a diagram and a list, drawn from the code itself.

They are kept in the repository to be read there; a test fails when they no longer say what the code does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import translation

from juxing.kernel.lifecycle import LIFECYCLES, Lifecycle, Transition
from juxing.kernel.refusals import Words

CHINESE, ENGLISH = "zh-hans", "en"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of each lifecycle's page, room by room."""
    for subject, lifecycle in LIFECYCLES:
        if subject.startswith(f"{lifecycle.model._meta.app_label}."):
            yield f"{subject}.md", _page(subject, lifecycle)


def write_pages(folder: Path) -> list[str]:
    """Write every page into the folder, remove those of lifecycles that are no more, and return the names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = dict(pages())
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    for left in set(folder.glob("*.md")) - {folder / name for name in written}:
        left.unlink()
    return sorted(written)


def _page(subject: str, lifecycle: Lifecycle[Any]) -> str:
    steps = lifecycle.transitions
    return "\n".join(
        [
            f"# {subject}",
            "",
            "Drawn from the code by `juxing draw-lifecycles`: change the code, not this page. The states are those of",
            f"the column `{lifecycle.column}` of `{lifecycle.model._meta.label}`.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *(f"    {state}: {state} {_state(lifecycle, state, CHINESE)}" for state in lifecycle.states),
            *(f"    {source} --> {step.target}: {step.name}" for step in steps for source in sorted(step.source)),
            "```",
            "",
            "| transition | from | to | in words | who may | must hold |",
            "|---|---|---|---|---|---|",
            *(_row(step) for step in steps),
            "",
        ]
    )


def _row(step: Transition[Any]) -> str:
    cells = (
        f"`{step.name}`",
        ", ".join(sorted(step.source)),
        step.target,
        f"{_in(step.label, CHINESE)} · {_in(step.label, ENGLISH)}",
        f"`{_name(step.allowed)}`",
        "" if _name(step.guard) == "no_guard" else f"`{_name(step.guard)}`",
    )
    return f"| {' | '.join(cells)} |"


def _state(lifecycle: Lifecycle[Any], state: str, language: str) -> str:
    choices = dict(lifecycle.model._meta.get_field(lifecycle.column).flatchoices)
    return _in(choices.get(state, ""), language)


def _in(words: Words, language: str) -> str:
    with translation.override(language):
        return str(words)


def _name(rule: Any) -> str:
    return str(getattr(rule, "__name__", type(rule).__name__)).lstrip("_")
