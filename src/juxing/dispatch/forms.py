"""What desks and helpers fill in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.dispatch.commands.answers import MAXIMUM_NOTE, MAXIMUM_REASON
from juxing.dispatch.commands.schedules import MOST_MINUTES
from juxing.dispatch.enums import TaskStatus
from juxing.places.models import Area


class AreaForm(forms.Form):
    """A place over which something is computed."""

    area_code = forms.ChoiceField(label=pgettext_lazy("dispatch", "Place"))

    def __init__(self, *args: Any, areas: Iterable[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]


class RoundForm(AreaForm):
    """Over which place rounds are planned, and whether what waits is offered with them."""

    takes_waiting = forms.BooleanField(
        label=_("Also offer deliveries that still wait"), required=False,
        help_text=_("To the courier on whose round they fit best. Couriers may say no."),
    )  # fmt: skip


class ScheduleForm(AreaForm):
    """How often runs start in a street."""

    every_minutes = forms.IntegerField(
        label=_("Minutes between runs"), min_value=0, max_value=MOST_MINUTES, initial=10,
        help_text=_("0 is never. Life-critical requests are matched at once all the same."),
    )  # fmt: skip


class TaskFilterForm(forms.Form):
    """Filters of the list of tasks."""

    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("live", pgettext_lazy("dispatch", "Not ended")), *TaskStatus.choices],
    )


class ReasonForm(forms.Form):
    """Why something cannot go on."""

    reason = forms.CharField(
        label=_("What is in the way?"), max_length=MAXIMUM_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )


class DoneForm(forms.Form):
    """A report that the work is done: a word or a picture, both optional."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=MAXIMUM_NOTE, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance: left at the door, neighbour took it."),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("Photo"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("Of the delivery, not of the person. Place and time are removed from it."),
    )  # fmt: skip
