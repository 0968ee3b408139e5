"""The kit's promises to the pages built on it: strict content policy, real icons, tied fields, both languages."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django import forms
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils.translation import override
from pytest_django import Settings

SITE = Path(__file__).parents[2] / "src" / "juxing" / "site"
TEMPLATES = sorted((SITE / "templates").rglob("*.html"))
EXAMPLE = json.loads((SITE / "templates" / "site" / "kit_example.json").read_text(encoding="utf-8"))
KIT_PAGES = ("kit", "kit_phone", "kit_public", "kit_print", "sign_in")
ERROR_PAGES = ("400", "403", "404", "409", "413", "429", "500", "offline", "locked_out")


class NeedForm(forms.Form):
    """A form with one of each: required, pattern, choice, optional, consent."""

    what = forms.CharField(help_text="One line for each thing.", widget=forms.Textarea)
    telephone = forms.RegexField(r"^\d{11}$")
    kind = forms.ChoiceField(choices=[("food", "Food"), ("medicine", "Medicine")], widget=forms.RadioSelect)
    people = forms.IntegerField(required=False)
    agreed = forms.BooleanField()


def page(template: str, /, **context: Any) -> str:
    """Render a page as a visitor without an account gets it."""
    return render_to_string(template, context, request=RequestFactory().get("/kit/"))


def identifiers(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def used_icons(source: str) -> set[str]:
    return set(re.findall(r'icons/icons\.svg#([\w-]+)"', source))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(SITE / "templates").as_posix())
def test_templates_keep_to_the_content_policy(path: Path) -> None:
    get_template(path.relative_to(SITE / "templates").as_posix())
    source = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert re.search(r"\sstyle=|<style\b|javascript:", source) is None
    assert re.search(r"\son[a-z]+=", source) is None
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", source))
    assert "http://" not in source.replace("http://www.w3.org/", "")
    assert re.search(r"[\u4e00-\u9fff]", source) is None


@pytest.mark.parametrize("name", KIT_PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_kit_pages_have_unique_ids_and_known_icons(name: str, language: str) -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (SITE / "static/vendor/icons/icons.svg").read_text("utf-8")))
    with override(language):
        html = page(f"site/{name}.html", **EXAMPLE, form=NeedForm({"telephone": "12"}), demo=True)

    assert [one for one, times in Counter(identifiers(html)).items() if times > 1] == []
    assert used_icons(html) <= sprite
    assert len(re.findall(r"<h1\b", html)) == 1
    assert set(re.findall(r'aria-labelledby="([^"]+)"', html)) <= set(identifiers(html))


def test_icons_named_by_templates_and_scripts_are_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (SITE / "static/vendor/icons/icons.svg").read_text("utf-8")))
    by_templates = {
        name
        for path in TEMPLATES
        for name in re.findall(r'components/icon\.html" with name="([\w-]+)"', path.read_text("utf-8"))
    }

    assert by_templates
    assert by_templates <= sprite


def test_form_ties_each_error_to_its_field_and_keeps_what_was_typed() -> None:
    html = page("components/form.html", form=NeedForm({"telephone": "12", "people": "three"}), keep_draft="need")

    assert 'href="#id_telephone"' in html
    assert 'value="12"' in html
    assert 'value="three"' in html
    (telephone,) = re.findall(r'<input[^>]*name="telephone"[^>]*>', html)
    assert 'aria-describedby="id_telephone_error"' in telephone
    assert 'aria-invalid="true"' in telephone
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(identifiers(html))


def test_form_without_errors_shows_no_summary() -> None:
    assert "data-form-errors" not in page("components/form.html", form=NeedForm())


def test_banner_tells_demonstration_exercise_and_emergency_apart(settings: Settings) -> None:
    settings.IS_DEMO = False
    ends_at = datetime(2026, 3, 17, tzinfo=UTC)
    mode = {"code": "emergency", "label": "Emergency", "ends_at": ends_at}
    with override("en"):
        every = page("components/banner.html", demo=True, exercise={"name": "Rain"}, mode=mode)
        steady = page("components/banner.html", mode={"code": "steady"})

    assert [kind in every for kind in ("--demo", "--exercise", "--emergency", "Rain", "03-17 08:00")] == [True] * 5
    assert steady.strip() == ""


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_pages_say_what_to_do_in_both_languages_without_context(name: str) -> None:
    html = get_template(f"{name}.html").render()

    assert re.search(r'lang="zh-Hans"><h1>[^<]*[\u4e00-\u9fff]', html)
    assert re.search(r'lang="en"><h2>[A-Z]', html)
    assert "Traceback" not in html


def test_job_asks_again_until_it_is_over() -> None:
    running = {"status": "running", "percent": 40, "done_steps": 4, "total_steps": 10, "is_over": False}
    over = {"status": "done", "percent": 100, "is_over": True}

    assert 'hx-trigger="every 2s"' in page("components/progress.html", job=running, title="Import", url="/jobs/1/")
    assert "hx-trigger" not in page("components/progress.html", job=over, title="Import", url="/jobs/1/")


def test_masked_name_offers_to_be_shown_only_with_an_address_for_it() -> None:
    offered = page("components/person_name.html", name="Z**", is_masked=True, reveal_url="/people/1/reveal/")

    assert 'hx-post="/people/1/reveal/"' in offered
    assert "hx-post" not in page("components/person_name.html", name="Z**", is_masked=True)
    assert "hx-post" not in page("components/person_name.html", name="Zhou", reveal_url="/people/1/reveal/")


def test_values_are_escaped_wherever_a_component_shows_them() -> None:
    attack = '"><img src=x onerror=alert(1)>'
    chart = {"title": attack, "categories": [attack], "series": [{"name": attack, "values": [1]}]}
    html = "".join(
        [
            page("components/chart.html", id="attack", chart=chart),
            page("components/person_name.html", name=attack, place=attack, is_masked=True, reveal_url=attack),
            page("components/import_report.html", report={"problems": [{"line": 1, "written": attack}]}),
            page("components/copy_link.html", value=attack, label=attack),
            page("components/status_badge.html", label=attack, tone=attack),
        ]
    )

    assert "<img" not in html


def test_every_word_of_the_site_is_translated() -> None:
    with (SITE / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    words = [message for message in catalogue if message.id]
    gaps = re.compile(r"%\(\w+\)s|\{\w+\}")

    assert len(words) > 150
    assert [message.id for message in words if not message.string or message.fuzzy] == []
    for message in words:
        assert Counter(gaps.findall(str(message.string))) == Counter(gaps.findall(str(message.id))), message.id


def test_files_named_by_base_template_exist() -> None:
    source = (SITE / "templates" / "base.html").read_text(encoding="utf-8")
    named = re.findall(r"\{% static '([^']+)' %\}", source)

    assert len(named) > 15
    assert [name for name in named if finders.find(name) is None] == []


def test_what_a_field_says_of_somebody_is_text_and_never_markup() -> None:
    form = NeedForm()
    form.fields["what"].help_text = "Now <script>alert(1)</script>."

    shown = render_to_string("components/field.html", {"field": form["what"]})

    assert "<script" not in shown
    assert "Now &lt;script&gt;" in shown
