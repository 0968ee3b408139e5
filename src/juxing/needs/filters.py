"""The filters of the list of needs, as a form whose address can be kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel.actors import Actor
from juxing.needs import policy
from juxing.needs.enums import IntakeChannel, NeedStatus, NeedType, Priority
from juxing.needs.queries import NeedFilters
from juxing.places.enums import AreaLevel
from juxing.places.models import Area

STATES = [
    ("", gettext_lazy("All")),
    ("open", gettext_lazy("Not ended")),
    ("waiting", gettext_lazy("Waiting for help")),
    ("overdue", gettext_lazy("Overdue")),
    ("stale", gettext_lazy("To ask about again")),
    ("duplicates", gettext_lazy("Repetitions")),
]
AGES = [
    ("", gettext_lazy("Any time")),
    ("1", gettext_lazy("Over 1 hour")),
    ("6", gettext_lazy("Over 6 hours")),
    ("24", gettext_lazy("Over 24 hours")),
    ("72", gettext_lazy("Over 3 days")),
]


class FilterForm(forms.Form):
    """Everything is optional; what cannot be understood is left out rather than refused."""

    q = forms.CharField(
        label=gettext_lazy("Number"), required=False, widget=forms.TextInput(attrs={"type": "search", "size": 14})
    )
    show = forms.ChoiceField(label=gettext_lazy("Show"), required=False, choices=STATES)
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    age = forms.ChoiceField(label=gettext_lazy("Waiting"), required=False, choices=AGES)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data)
        self._sent = data
        everything = ("", _("All"))
        choices: dict[str, list[tuple[str, Any]]] = {
            "area": _area_choices(actor),
            "status": list(NeedStatus.choices),
            "kind": list(NeedType.choices),
            "priority": list(Priority.choices),
            "channel": list(IntakeChannel.choices),
        }
        for name, rows in choices.items():
            self.fields[name].choices = [everything, *rows]  # type: ignore[attr-defined]

    def filters(self) -> NeedFilters:
        """Return the filters set; a value that is not offered counts as not set."""
        self.is_valid()
        kept: dict[str, str] = {name: self.cleaned_data.get(name, "") for name in self.fields}
        show = kept["show"]
        return NeedFilters(
            area_code=kept["area"],
            status=kept["status"],
            need_type=kept["kind"],
            priority=kept["priority"],
            channel=kept["channel"],
            state=show if show in {"open", "waiting"} else "",
            older_than_hours=int(kept["age"]) if kept["age"] else None,
            is_overdue=show == "overdue",
            is_stale=show == "stale",
            is_duplicate=True if show == "duplicates" else None,
            number=kept["q"],
        )

    def chips(self) -> list[dict[str, str]]:
        """Return what is set, each with the address of the list without it."""
        found = []
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if value:
                rest = self._sent.copy()
                for gone in (name, "cursor"):
                    rest.pop(gone, None)
                found.append({"label": f"{self.fields[name].label} {self._words(name, value)}",
                              "url": f"?{rest.urlencode()}"})  # fmt: skip
        return found

    def summary(self) -> str:
        """Return what is set, in words, for the head of a printed list."""
        return " · ".join(chip["label"] for chip in self.chips())

    def _words(self, name: str, value: str) -> str:
        for offered, words in getattr(self.fields[name], "choices", ()):
            if offered == value:
                return str(words).strip()
        return value


def _area_choices(actor: Actor) -> list[tuple[str, Any]]:
    """Return the streets and communities the actor reads, indented by level; one query."""
    areas = actor.areas_with(policy.READ)
    rows = Area.objects.filter(areas.condition("code"), level__in=(AreaLevel.STREET, AreaLevel.COMMUNITY))
    if areas.everywhere:
        return []
    listed = rows.order_by("code").values_list("code", "name", "level")[:400]
    indents = {AreaLevel.COMMUNITY.value: "\u3000"}
    return [(code, indents.get(level, "") + name) for code, name, level in listed]
