"""What people type about meetings, who comes to them, and what they decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.organisations.commands import DecisionInput, MeetingInput
from juxing.organisations.enums import AttendanceStatus, DecisionStatus, MeetingExcuse, MeetingStatus
from juxing.organisations.forms import MANAGE, person_field, two_lines, with_all
from juxing.organisations.group_forms import DAY, AreaForm
from juxing.organisations.models import AgendaItem, Organisation, Post
from juxing.organisations.queries.meetings import LATE

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
NOTED = [choice for choice in AttendanceStatus.choices if choice[0] in {"present", "excused", "missed"}]
UNIT, POST = "unit:", "post:"


class MeetingForm(forms.Form):
    """A meeting's words, time and place."""

    title = forms.CharField(label=pgettext_lazy("meeting", "What kind of meeting"), max_length=80)
    venue = forms.CharField(label=_("Where people meet"), max_length=80)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=_("Ends"), widget=MOMENT)

    def given(self) -> MeetingInput:
        """Return what was typed."""
        return MeetingInput(**{name: self.cleaned_data[name] for name in MeetingInput.__dataclass_fields__})


class NewMeetingForm(MeetingForm):
    """A new meeting with the first points of its agenda."""

    agenda = forms.CharField(
        label=_("Agenda"), max_length=6000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One point a line. Open decisions of earlier meetings are shown by themselves."),
    )  # fmt: skip


class MeetingFilterForm(AreaForm):
    """Filters of meetings."""

    status = forms.ChoiceField(label=_("Step"), required=False, choices=with_all(MeetingStatus.choices))


class DecisionFilterForm(AreaForm):
    """Filters of decisions."""

    state = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=with_all([(LATE, pgettext_lazy("decision", "Overdue")), *DecisionStatus.choices]),
    )  # fmt: skip


class ItemForm(forms.Form):
    """A point of the agenda."""

    subject = forms.CharField(label=_("What it is about"), max_length=160)
    brought_by = forms.ChoiceField(label=_("Brought by"), required=False)

    def __init__(self, *args: Any, units: Sequence[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {str(unit.uuid): unit for unit in units}
        self.fields["brought_by"].choices = [("", _("– none –")), *((key, one.name) for key, one in self.units.items())]  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    """What the minutes say of a point."""

    outcome = forms.CharField(
        label=_("What the minutes say"), max_length=1000, required=False, widget=two_lines(1000),
        help_text=_("What was said and agreed. No names of residents."),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """A decision, who answers for it, until when."""

    words = forms.CharField(label=_("What was decided"), max_length=300, widget=two_lines(300))
    owner = forms.ChoiceField(label=pgettext_lazy("decision", "Who answers for it"))
    due_on = forms.DateField(label=_("Until"), widget=DAY)
    item = forms.ChoiceField(label=_("Point of the agenda"), required=False)

    def __init__(
        self,
        *args: Any,
        units: Sequence[Organisation],
        posts: Sequence[Post],
        items: Sequence[AgendaItem],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._units = {f"{UNIT}{unit.uuid}": unit for unit in units}
        self._posts = {f"{POST}{post.uuid}": post for post in posts}
        self._items = {str(item.uuid): item for item in items}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            ("", _("– choose –")),
            (_("Units"), [(key, unit.name) for key, unit in self._units.items()]),
            (_("Posts"), [(key, f"{post.organisation.name} · {post.title}") for key, post in self._posts.items()]),
        ]
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", _("– none –")),
            *((key, f"{item.position}. {item.subject}") for key, item in self._items.items()),
        ]

    def given(self) -> DecisionInput:
        """Return what was typed."""
        filled = self.cleaned_data
        return DecisionInput(
            words=filled["words"], due_on=filled["due_on"], organisation=self._units.get(filled["owner"]),
            post=self._posts.get(filled["owner"]), item=self._items.get(filled["item"]),
        )  # fmt: skip


class AnswerInvitationForm(forms.Form):
    """Whether the unit comes, and who for it."""

    comes = forms.ChoiceField(
        label=_("Does your unit come?"), widget=forms.RadioSelect,
        choices=[("yes", pgettext_lazy("meeting", "It comes")), ("no", pgettext_lazy("meeting", "It cannot come"))],
    )  # fmt: skip
    stands_in = forms.CharField(
        label=_("Who comes instead of you"), max_length=40, required=False, help_text=_("Empty: you come.")
    )
    excuse = forms.ChoiceField(
        label=_("If it cannot come"), required=False, choices=[("", _("– choose –")), *MeetingExcuse.choices]
    )


class NoteAttendanceForm(forms.Form):
    """Whether a unit was there."""

    status = forms.ChoiceField(choices=NOTED)
    stands_in = forms.CharField(max_length=40, required=False)
    excuse = forms.ChoiceField(required=False, choices=[("", ""), *MeetingExcuse.choices])


class ProgressForm(forms.Form):
    """A word about a decision."""

    words = forms.CharField(label=pgettext_lazy("decision", "How far it is"), max_length=300, widget=two_lines(300))


class PutOffForm(forms.Form):
    """Another day for a decision."""

    due_on = forms.DateField(label=_("New day"), widget=DAY)
    words = forms.CharField(label=_("Why"), max_length=300)


class SecretaryForm(forms.Form):
    """Who is the committee's secretary."""

    account = person_field(
        _("Secretary"), scope=MANAGE, required=False,
        help_text=_("Runs the meetings and hears of decisions that are overdue."),
    )  # fmt: skip
