"""Forms of the talent pool."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from juxing.responders.commands.talents import CredentialInput
from juxing.responders.enums import Skill
from juxing.responders.talent_enums import TalentCategory

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CredentialForm(forms.Form):
    """What somebody can give, and the paper for it."""

    category = forms.ChoiceField(label=pgettext_lazy("talent", "Kind"), choices=TalentCategory.choices)
    title = forms.CharField(
        label=_("What it is called"), max_length=80, help_text=_("For example: licence of practising nurse.")
    )
    skill = forms.ChoiceField(
        label=_("Skill it opens"), required=False,
        choices=[("", pgettext_lazy("talent", "none, but I can give it")), *Skill.choices],
        help_text=_("With a skill the paper is needed: then you are asked for what takes it."),
    )  # fmt: skip
    paper = forms.FileField(
        label=_("Photo or PDF of the paper"), required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_("Only the desk looks at it. It is kept sealed, and removed when it ends or you take it back."),
    )  # fmt: skip
    valid_until = forms.DateField(
        label=_("Holds until"), required=False, widget=_day(), help_text=_("Empty: without end.")
    )

    def given(self) -> CredentialInput:
        """Return what was handed in."""
        clean: dict[str, Any] = self.cleaned_data
        paper = clean["paper"].read() if clean["paper"] else b""
        return CredentialInput(clean["category"], clean["title"], clean["skill"], paper, clean["valid_until"])


class VerifyForm(forms.Form):
    """Until when a paper holds, as it stands on it."""

    valid_until = forms.DateField(
        label=_("Holds until"), required=False, widget=_day(), help_text=_("As it stands on the paper.")
    )


class RefuseForm(forms.Form):
    """What is wrong with a paper."""

    reason = forms.CharField(label=_("What is wrong with it"), max_length=200)
