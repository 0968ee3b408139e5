"""Lists to choose from are written by one template of ours: the same words, values and marks as Django's own."""

from __future__ import annotations

from django import forms
from django.forms.renderers import DjangoTemplates


def test_list_to_choose_from_reads_as_djangos_own() -> None:
    groups = [("<街道>", [(1, "a&b"), ("x'\"", "乙")]), (2_000, "<丙>"), ("", "---")]

    class Choosing(forms.Form):
        one = forms.ChoiceField(choices=groups, widget=forms.Select(attrs={"class": "kit", "disabled": True}))
        many = forms.MultipleChoiceField(choices=groups)

    given = {"one": 2_000, "many": ["1", "x'\""]}
    for name, chosen in (("one", 1), ("many", 2)):
        ours = str(Choosing(initial=given)[name])
        theirs = str(Choosing(initial=given, renderer=DjangoTemplates())[name])
        assert ours.split() == theirs.split()
        assert ours.count("selected") == chosen
