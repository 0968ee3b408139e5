"""Every component of the interface with example content, to look at; in the demo only."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from juxing.kernel import clock
from juxing.kernel.web import open_to_all

EXAMPLE = Path(__file__).with_name("templates") / "site" / "kit_example.json"
PAGES = ("kit", "kit_phone", "kit_public", "kit_print")


class ExampleForm(forms.Form):
    """One field of each kind, with faults to show."""

    what = forms.CharField(label=_("What is needed"), widget=forms.Textarea)
    telephone = forms.RegexField(r"^\d{11}$", label=_("Telephone"))
    people = forms.IntegerField(label=_("For how many people"), required=False)
    agreed = forms.BooleanField(label=_("The household agrees that this is written down"))


@open_to_all
def kit(request: HttpRequest, name: str = "kit") -> HttpResponse:
    """Show one sheet of the kit."""
    if not settings.IS_DEMO or name not in PAGES:
        raise Http404
    context: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    if isinstance(context.get("mode"), dict):
        context["mode"]["ends_at"] = clock.now() + timedelta(days=3)
    return render(request, f"site/{name}.html", {**context, "form": ExampleForm({"telephone": "12"})})


urlpatterns = [path("", kit, name="kit"), path("<slug:name>/", kit, name="kit_sheet")]
