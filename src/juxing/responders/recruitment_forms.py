"""What is filled in around recruitment calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.places.models import Area
from juxing.responders.enums import ReportInChannel, Skill
from juxing.responders.forms import ResponderForm
from juxing.responders.models import RecruitmentCall, RecruitmentNeed
from juxing.responders.recruitment_inputs import MOST_WANTED, CallInput, NeedInput

NEED_ROWS = 5
HEAD = (
    "title", "area_code", "work", "risks", "provided", "place", "enquiries", "starts_at", "ends_at", "answer_by",
)  # fmt: skip
BY_HAND = (ReportInChannel.PAPER, ReportInChannel.PROXY, ReportInChannel.PHONE, ReportInChannel.DESK)


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


class CallForm(forms.Form):
    """A recruitment call with up to five kinds of work, each in one community or in every one of the place."""

    title = forms.CharField(label=pgettext_lazy("recruitment", "What people are called for"), max_length=80)
    area_code = forms.ChoiceField(label=pgettext_lazy("recruitment", "Who calls"))
    work = forms.CharField(
        label=_("What is to be done, and how long a day"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    risks = forms.CharField(
        label=_("What can happen to people doing it"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Truly and whole: infection, heat, heavy loads, the night. The law asks for it."),
    )  # fmt: skip
    provided = forms.CharField(
        label=_("What they are given"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Insurance, protective equipment, meals, rest, training."),
    )  # fmt: skip
    place = forms.CharField(label=_("Where people meet"), max_length=80)
    enquiries = forms.CharField(label=_("Whom to ask, with telephone"), max_length=60)
    starts_at = _moment(_("Begins"))
    ends_at = _moment(_("Ends"))
    answer_by = _moment(_("Answers until"))

    def __init__(self, *args: Any, places: Iterable[Area], communities: Sequence[Area], **options: Any) -> None:
        super().__init__(*args, **options)
        self.communities = communities
        self.fields["area_code"].choices = [(row.code, row.name) for row in places]  # type: ignore[attr-defined]
        where = [("", _("each community")), *((row.code, row.name) for row in communities)]
        for at in range(NEED_ROWS):
            self.fields |= {
                f"need_{at}": forms.CharField(label=_("Work"), max_length=40, required=at == 0),
                f"skill_{at}": forms.ChoiceField(
                    label=_("Skill"), choices=[("", _("any")), *Skill.choices], required=False
                ),
                f"count_{at}": forms.IntegerField(
                    label=pgettext_lazy("responders", "How many"), min_value=1, max_value=MOST_WANTED, required=at == 0
                ),
                f"where_{at}": forms.ChoiceField(label=_("Where"), choices=where, required=False),
            }  # fmt: skip

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields of the call itself."""
        return [self[name] for name in HEAD]

    @property
    def need_rows(self) -> list[list[forms.BoundField]]:
        """The fields of each work, row by row."""
        return [[self[f"{name}_{at}"] for name in ("need", "skill", "count", "where")] for at in range(NEED_ROWS)]

    def given(self) -> CallInput:
        """Return what was filled in; a work in each community becomes a row for each."""
        data = self.cleaned_data
        return CallInput(needs=self._needs(), **{name: data[name] for name in HEAD})

    def _needs(self) -> list[NeedInput]:
        data, found = self.cleaned_data, []
        below = [row.code for row in self.communities if row.code.startswith(data["area_code"])]
        for at in range(NEED_ROWS):
            if not data.get(f"need_{at}"):
                continue
            codes = [data[f"where_{at}"]] if data[f"where_{at}"] else below
            found += [
                NeedInput(at, data[f"need_{at}"], code, data[f"count_{at}"] or 0, data[f"skill_{at}"]) for code in codes
            ]
        return found


def initial_of(call: RecruitmentCall, needs: Sequence[RecruitmentNeed]) -> dict[str, Any]:
    """Return a call as the form shows it."""
    shown: dict[str, Any] = {name: getattr(call, name) for name in HEAD}
    rows: dict[int, list[RecruitmentNeed]] = {}
    for need in needs:
        rows.setdefault(need.position, []).append(need)
    for at, same in rows.items():
        shown |= {
            f"need_{at}": same[0].title, f"skill_{at}": same[0].skill, f"count_{at}": same[0].count,
            f"where_{at}": same[0].area_code if len(same) == 1 else "",
        }  # fmt: skip
    return shown


class AnswerForm(ResponderForm):
    """An answer on paper or through somebody else; who has reported in before is known by the number."""

    wish = forms.TypedChoiceField(
        label=pgettext_lazy("recruitment", "What they would do"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, *args: Any, works: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["wish"].choices = [("", _("whatever is wanted")), *works]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [(each.value, each.label) for each in BY_HAND]  # type: ignore[attr-defined]
        self.initial.setdefault("channel", ReportInChannel.PAPER)
        self.order_fields(["name", "phone", "wish", "channel", *ResponderForm.field_order])


class CloseForm(forms.Form):
    """Why a call is closed; those who answered read it."""

    note = forms.CharField(
        label=pgettext_lazy("recruitment", "A word to those who answered"), max_length=400, required=False
    )
