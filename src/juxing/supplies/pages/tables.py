"""Pieces of pages that this room's desks share: cells of tables, forms that may be refused, marks of states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.forms import BaseForm, CheckboxInput
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel.refusals import Refusal
from juxing.kernel.web import ActorRequest, CarriedOut, new_form_key, show_refusal

Columns = Sequence[dict[str, str]]
T = TypeVar("T")
ASKED = frozenset({"quantity_unusual", "keeps_too_long", "over_payload", "asked_already", "booked_just_now"})
"""What a person may say yes to: asked about, not forbidden."""


def column(label: str, *, is_number: bool = False) -> dict[str, str]:
    """Return the head of a column."""
    return {"label": label, "kind": "number" if is_number else ""}


def row(columns: Columns, *values: Any) -> dict[str, Any]:
    """
    Return a row for ``_cells_row.html``.

    A value is text, or (text, url), or a dict with ``text`` and any of ``url``, ``muted`` and ``tone`` (a badge).
    """
    cells = []
    for head, value in zip(columns, values, strict=True):
        cell = value if isinstance(value, dict) else {"text": value}
        if isinstance(value, tuple):
            cell = {"text": value[0], "url": value[1]}
        cells.append({**cell, "label": head["label"], "kind": head["kind"]})
    return {"cells": cells}


def attempt(form: BaseForm, act: Callable[[], T]) -> CarriedOut[T] | None:
    """Do it, or show beside the form why not; what is only asked about gets a box to say that it is right."""
    try:
        made = act()
    except Refusal as refusal:
        show_refusal(form, refusal)
        if refusal.code in ASKED and "is_sure" in form.fields:
            form.fields["is_sure"].widget = CheckboxInput()
        return None
    return CarriedOut(made)


def card(request: ActorRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render one thing: ``definitions``, ``sections`` of tables, ``forms`` (each {"title", "form", "action"})."""
    return render(request, "supplies/card.html", {"page_icon": "package", **context, **new_form_key()}, status=status)


def one_form(request: ActorRequest, form: BaseForm, *, title: str, back: str, subtitle: str = "") -> HttpResponse:
    """Render a page that is one form."""
    context = {
        "page_title": title, "page_subtitle": subtitle, "page_icon": "package", "form": form, "cancel_url": back,
        "breadcrumbs": [{"label": _("Supplies"), "url": reverse("supplies:stock")}, {"label": title}],
        **new_form_key(),
    }  # fmt: skip
    return render(request, "supplies/form.html", context, status=422 if form.errors else 200)
