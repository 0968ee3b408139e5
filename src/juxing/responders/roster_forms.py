"""What coordinators fill in for rosters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.models import TemporaryBody
from juxing.places.models import Area
from juxing.responders.enums import Skill
from juxing.responders.gates import task_type_choices
from juxing.responders.queries.roster_table import RosterTable
from juxing.responders.roster_enums import RosterFor
from juxing.responders.roster_inputs import PATTERNS, PostInput, RosterInput

PATTERN_CHOICES = (
    ("day", _("One shift, 8:00–20:00")),
    ("two", _("Two shifts, day and night")),
    ("three", _("Three shifts of eight hours")),
    ("halves", _("Morning and afternoon")),
    ("meals", _("Three shifts around meals")),
)
POST_ROWS = 5


class RosterForm(forms.Form):
    """A new roster with up to five posts; more are added by table."""

    name = forms.CharField(label=pgettext_lazy("roster", "Name"), max_length=80)
    area_code = forms.ChoiceField(label=pgettext_lazy("roster", "For which place"))
    roster_for = forms.ChoiceField(label=pgettext_lazy("roster", "For a"), choices=RosterFor.choices)
    body = forms.TypedChoiceField(label=_("Group"), coerce=int, required=False, empty_value=None)
    place = forms.CharField(label=_("Where people meet"), max_length=80, required=False)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=31, initial=7)
    shifts = forms.ChoiceField(label=_("Shifts"), choices=PATTERN_CHOICES, initial="day")
    least_rest_hours = forms.IntegerField(
        label=_("Hours of rest between shifts, at least"), min_value=8, max_value=48, initial=11
    )
    most_days_in_row = forms.IntegerField(label=_("Days in a row, at most"), min_value=1, max_value=7, initial=5)
    most_shifts = forms.IntegerField(
        label=_("Shifts of one person in all, at most"), min_value=1, max_value=31, required=False
    )

    def __init__(self, *args: Any, places: Iterable[Area], groups: Iterable[TemporaryBody], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(row.code, row.name) for row in places]  # type: ignore[attr-defined]
        self.fields["body"].choices = [  # type: ignore[attr-defined]
            ("", _("none")), *((row.pk, row.name) for row in groups),
        ]  # fmt: skip
        skills, tasks = [("", _("any")), *Skill.choices], [("", _("no gate")), *task_type_choices()]
        for at in range(POST_ROWS):
            self.fields |= {
                f"post_{at}": forms.CharField(label=_("Post"), max_length=40, required=at == 0),
                f"skill_{at}": forms.ChoiceField(label=_("Skill"), choices=skills, required=False),
                f"task_{at}": forms.ChoiceField(label=_("Kind of task"), choices=tasks, required=False),
                f"count_{at}": forms.IntegerField(
                    label=_("Needed a shift"), min_value=0, max_value=200, initial=1, required=False
                ),
                f"alternates_{at}": forms.IntegerField(
                    label=_("Alternates (B)"), min_value=0, max_value=200, initial=0, required=False
                ),
            }

    def head(self) -> list[forms.BoundField]:
        """Return the fields above the posts."""
        return [self[name] for name in self.base_fields]

    def post_rows(self) -> Iterator[list[forms.BoundField]]:
        """Return the fields of each post."""
        for at in range(POST_ROWS):
            yield [self[f"{name}_{at}"] for name in ("post", "skill", "task", "count", "alternates")]

    def given(self) -> RosterInput:
        """Return what was filled in."""
        data = self.cleaned_data
        posts = [
            PostInput(
                title=data[f"post_{at}"], skill=data[f"skill_{at}"], task_type=data[f"task_{at}"],
                count=data[f"count_{at}"] or 0, alternates=data[f"alternates_{at}"] or 0,
            )
            for at in range(POST_ROWS) if data.get(f"post_{at}")
        ]  # fmt: skip
        return RosterInput(
            area_code=data["area_code"], name=data["name"], roster_for=data["roster_for"], body_id=data["body"],
            place=data["place"], starts_on=data["starts_on"], days=data["days"], shifts=PATTERNS[data["shifts"]],
            posts=posts, least_rest_hours=data["least_rest_hours"], most_days_in_row=data["most_days_in_row"],
            most_shifts=data["most_shifts"],
        )  # fmt: skip


class CellForm(forms.Form):
    """Which shift and post a person has on a day."""

    choice = forms.ChoiceField(label=_("Shift and post"), required=False)

    def __init__(self, *args: Any, table: RosterTable, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            ("", _("Day off")),
            *(
                (f"{shift.pk}:{post.pk}:{slot}", f"{shift.name} · {post.title} · {letter}")
                for shift in table.shifts for post in table.posts
                for slot, letter in ((AssignmentSlot.PRIMARY, "A"), (AssignmentSlot.ALTERNATE, "B"))
            ),
        ]  # fmt: skip

    def chosen(self) -> tuple[int, int, str] | None:
        """Return shift, post and slot; None for a day off."""
        written = self.cleaned_data["choice"]
        if not written:
            return None
        shift, post, slot = written.split(":")
        return int(shift), int(post), slot


def demand_from(data: Any, table: RosterTable) -> dict[tuple[date, int, int], tuple[int, int]]:
    """Return the numbers written into the grid of needs; what is no number is left as it is."""
    found = {}
    for day in table.days:
        for shift in table.shifts:
            for post in table.posts:
                name = f"{day:%Y%m%d}-{shift.pk}-{post.pk}"
                count, alternates = data.get(f"a-{name}", ""), data.get(f"b-{name}", "")
                if count.isdecimal() and alternates.isdecimal() and len(count + alternates) < 8:
                    found[day, shift.pk, post.pk] = (int(count), int(alternates))
    return found
