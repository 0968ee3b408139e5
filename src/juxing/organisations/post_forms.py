"""What people type about posts, their holders and absences."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.access.roles import Role
from juxing.organisations.checklists import CHECKLISTS
from juxing.organisations.commands import AwayInput, PostWords
from juxing.organisations.enums import AbsenceKind, AssignmentSlot
from juxing.organisations.forms import MANAGE, person_field, place_field, two_lines, with_all
from juxing.organisations.models.posts import ROLES_OF_POSTS
from juxing.organisations.queries.posts import STOOD_IN, VACANT, WITHOUT_ALTERNATE

STATES = [(VACANT, _("Vacant")), (STOOD_IN, _("B works in it")), (WITHOUT_ALTERNATE, _("Without B"))]


class BoardForm(forms.Form):
    """Filters of the board."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)
    state = forms.ChoiceField(label=_("Show"), required=False, choices=with_all(STATES))


class PostWordsForm(forms.Form):
    """What is said about a post beside its title."""

    duties = forms.CharField(label=_("Duties"), max_length=400, required=False, widget=two_lines(400))
    carries_role = forms.ChoiceField(
        label=_("Role that goes with it"), required=False,
        help_text=_("Whoever steps in acts with this role, as long as the absent holder has it."),
    )  # fmt: skip
    checklist = forms.ChoiceField(label=_("Checklist"), required=False)
    standing_note = forms.CharField(
        label=_("Standing hand-over note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What anyone who steps in has to know: where the keys are, whom to call, what runs. "
                    "No names of residents."),
    )  # fmt: skip
    answer_minutes = forms.IntegerField(
        label=_("Sign of life within (minutes)"), min_value=1, max_value=1440, initial=30, required=False
    )  # fmt: skip

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        roles = [("", _("– none –")), *((role, Role(role).label) for role in ROLES_OF_POSTS)]
        lists = [("", _("– none –")), *((code, str(listing.name)) for code, listing in CHECKLISTS.items())]
        self.fields["carries_role"].choices = roles  # type: ignore[attr-defined]
        self.fields["checklist"].choices = lists  # type: ignore[attr-defined]

    def words(self) -> PostWords:
        """Return what was typed."""
        given = {name: self.cleaned_data[name] for name in PostWords.__dataclass_fields__}
        return PostWords(**given | {"answer_minutes": given["answer_minutes"] or 30})


class PostForm(PostWordsForm):
    """A new post."""

    title = forms.CharField(label=pgettext_lazy("organisations", "Title"), max_length=60)
    area_code = place_field(
        pgettext_lazy("organisations", "Place"), required=False,
        help_text=_("Where it answers for; empty is the organisation's whole place."),
    )  # fmt: skip
    field_order = ["title", "area_code", "duties", "carries_role", "checklist", "standing_note", "answer_minutes"]


class HoldForm(forms.Form):
    """Who takes a post over."""

    account = person_field(pgettext_lazy("organisations", "Who"), scope=MANAGE)
    slot = forms.ChoiceField(label=_("A or B"), choices=AssignmentSlot.choices)
    rank = forms.IntegerField(
        label=_("Order"), min_value=1, max_value=20, initial=1, help_text=_("Who steps in first is 1.")
    )


class AwayForm(forms.Form):
    """From when to when somebody is away."""

    kind = forms.ChoiceField(label=_("Why"), choices=AbsenceKind.choices, initial=AbsenceKind.SUDDEN)
    starts_at = forms.DateTimeField(
        label=pgettext_lazy("organisations", "From"), required=False, help_text=_("Empty: from now on."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    ends_at = forms.DateTimeField(
        label=_("Until"), required=False, help_text=_("Empty: until back."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    handover_note = forms.CharField(
        label=_("Hand-over note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is under way and what to watch. Why you are away is nobody's affair."),
    )  # fmt: skip

    def given(self) -> AwayInput:
        """Return what was typed."""
        return AwayInput(**{name: self.cleaned_data[name] for name in AwayInput.__dataclass_fields__})


class OwnAwayForm(AwayForm):
    """One's own absence; that one cannot be reached is for others to say."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        kinds: Sequence[tuple[str, object]] = AbsenceKind.choices
        self.fields["kind"].choices = [row for row in kinds if row[0] != AbsenceKind.UNREACHABLE]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """The standing note of a post."""

    note = forms.CharField(
        label=_("Standing hand-over note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
