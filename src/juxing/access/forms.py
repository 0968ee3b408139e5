"""What people type on the pages of accounts and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from juxing.access.models import ReviewVerdict
from juxing.access.roles import Role
from juxing.kernel.areas import Areas
from juxing.kernel.journal import actions


class SignInForm(forms.Form):
    """Sign-in name and password."""

    username = forms.CharField(
        label=_("Sign-in name"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class SecondStepForm(forms.Form):
    """The app's code, or a recovery code."""

    code = forms.CharField(
        label=_("Six digits from the app, or a recovery code"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}),
    )  # fmt: skip


class AppCodeForm(forms.Form):
    """The first code of a new app."""

    code = forms.CharField(
        label=_("Six digits that the app shows now"), max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip


class PasswordAgainForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip


class PasswordForm(forms.Form):
    """A new password, typed twice, with the present one."""

    old = forms.CharField(
        label=_("Present password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    new = forms.CharField(
        label=_("New password"), max_length=200, strip=False,
        help_text=_("At least 10 characters. A short sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("New password again"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_again(self) -> str:
        """Compare the two."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise forms.ValidationError(_("The two are not the same. Type the new password twice."))
        return again


class TokenForm(forms.Form):
    """A new API token."""

    label = forms.CharField(label=_("What is it for"), max_length=60)
    days = forms.IntegerField(label=_("Works for how many days"), min_value=1, max_value=365, initial=90)


class AccountForm(forms.Form):
    """A new account."""

    sign_in_name = forms.CharField(
        label=_("Sign-in name"), max_length=60, help_text=_("Letters and digits, no spaces; not a phone number.")
    )
    display_name = forms.CharField(label=_("Name shown to others"), max_length=60)
    password = forms.CharField(
        label=_("First password"), max_length=200, strip=False,
        help_text=_("At least 10 characters. The person changes it after signing in."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class SetPasswordForm(forms.Form):
    """A new password for somebody else."""

    new = forms.CharField(
        label=_("New password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class RoleForm(forms.Form):
    """A role over a place, until a day or without end."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    area_code = forms.CharField(
        label=_("Area code"), max_length=40, required=False,
        help_text=_("The place and everything below it, such as 310117001 for one street."),
    )  # fmt: skip
    ends_at = forms.DateTimeField(
        label=_("Ends"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("Leave empty for a standing role."),
    )  # fmt: skip

    def __init__(self, *args: Any, areas: Areas, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["area_code"].required = not areas.everywhere
        if len(areas.prefixes) == 1:
            self.fields["area_code"].initial = areas.prefixes[0]


class JournalFilterForm(forms.Form):
    """Filters of the journal."""

    area = forms.CharField(label=_("Area code"), max_length=40, required=False)
    action = forms.ChoiceField(label=_("What was done"), required=False)
    person = forms.CharField(label=_("By whom"), max_length=80, required=False)
    since = forms.DateTimeField(
        label=_("From"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        label=_("Before"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        listed = sorted(((code, label) for code, label in actions), key=lambda choice: str(choice[1]))
        self.fields["action"].choices = [("", _("Everything")), *listed]  # type: ignore[attr-defined]


class BreakGlassForm(forms.Form):
    """Which place, and why."""

    area_code = forms.CharField(
        label=_("Code of the street or community"), max_length=12,
        help_text=_("9 digits for a street, 12 for a community; it stands on every page of the place."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("What happened, and why you must look there"), max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ReviewForm(forms.Form):
    """The privacy officer's verdict."""

    verdict = forms.ChoiceField(label=_("Was it justified?"), choices=ReviewVerdict, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Why, and what follows"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExportForm(forms.Form):
    """Which place, what for, and in which form."""

    area = forms.CharField(
        label=_("Area code"), max_length=40, required=False,
        help_text=_("Only rows of this street or community. Empty: everything the right reaches."),
    )  # fmt: skip
    purpose = forms.ChoiceField(label=_("What is it for"))
    reason = forms.CharField(
        label=_("In your words"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the journal; needed for lists of many persons."),
    )  # fmt: skip
    file_format = forms.ChoiceField(label=_("File"))

    def __init__(
        self, *args: Any, areas: Areas, purposes: Sequence[tuple[str, Any]],
        forms_of_file: Sequence[tuple[str, Any]], area: str = "", file_format: str = "", is_settled: bool = False,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.fields["file_format"].choices = forms_of_file  # type: ignore[attr-defined]
        self.fields["file_format"].initial = file_format or forms_of_file[0][0]
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]
        self.fields["area"].initial = area or (areas.prefixes[0] if len(areas.prefixes) == 1 else "")
        if is_settled:
            del self.fields["area"]


class DecisionForm(forms.Form):
    """The second person's word."""

    decision = forms.ChoiceField(
        label=_("Your decision"), choices=[("approve", _("Approve")), ("refuse", _("Refuse"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for a refusal."),
    )  # fmt: skip
