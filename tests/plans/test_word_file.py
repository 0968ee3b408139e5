"""A plan as a Word file: what goes out comes back, edited or not, and only what a person confirms."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from juxing.access.export_files import Mark
from juxing.access.models import Account, Export
from juxing.access.queries import actor_of
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.scope import acting
from juxing.plans import commands, import_queries, importing
from juxing.plans.content import PARTS, as_data, parsed
from juxing.plans.enums import PlanImportSectionStatus, PlanImportStatus, VersionStatus
from juxing.plans.forms import LABELS
from juxing.plans.hazards import hazards, template
from juxing.plans.import_beside import proposals_beside, rows_missing
from juxing.plans.models import PlanImport, PlanImportSection, PlanVersion
from juxing.plans.plan_form import TABLED, columns, rows_of
from juxing.plans.word_file import PlanPaper, as_word, gather
from juxing.plans.words import LANGUAGES, PlanWords
from juxing.supplies.catalogue import load_seed
from juxing_text.documents.reading import read_document
from juxing_text.plan_text import read_plan
from tests.activations.makers import RAINSTORM
from tests.factories import COMMUNITY, DISTRICT, STREET, make_account, make_areas

SYSTEM = Actor.system("test")
MARK = Mark("X-1", "marked")
pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(now: datetime) -> Iterator[Account]:
    """The district's commander; the test acts as the system."""
    with acting(SYSTEM):
        make_areas()
        load_seed()
        yield make_account(Role.DISTRICT_COMMANDER, DISTRICT)


def begun(writer: Account, now: datetime) -> PlanVersion:
    return commands.begin_plan(
        actor=actor_of(writer, now=now), now=now, area_code=DISTRICT, hazard=RAINSTORM, title="防汛预案"
    )


def word_of(version: PlanVersion, writer: Account, now: datetime, change: Callable[[Any], None] | None = None) -> bytes:
    arguments = {"plan": str(version.plan.uuid), "version": version.number}
    content = as_word(gather(actor_of(writer, now=now), Areas([""]), arguments, "running"), MARK)
    if change is None:
        return content
    document = docx.Document(io.BytesIO(content))
    change(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def read_back(found: PlanImport, writer: Account, now: datetime) -> list[PlanImportSection]:
    kept = importing.keep_reading(
        actor=actor_of(writer, now=now), now=now, plan_import=found, draft=importing.read_file(found)
    )
    assert kept.status == PlanImportStatus.READY, kept.failure
    return import_queries.sections_of(kept)


def take(
    section: PlanImportSection, writer: Account, now: datetime, *, all_rows: bool = False, drop: bool = False
) -> None:
    """Confirm a section as its page offers it; without a title it is the cover, which nobody wants."""
    actor = actor_of(writer, now=now)
    if not section.title:
        importing.leave_section(actor=actor, now=now, section=section)
        return
    read, draft = importing.read_of(section), draft_of(section)
    offered = proposals_beside(draft.content, read)
    importing.take_section(
        actor=actor, now=now, section=section, title=section.title, text=read["text"],
        rows={at: {} for at, one in enumerate(offered) if all_rows or one["is_offered"]},
        drop=[name for name, _title in rows_missing(draft.content, read)] if drop else (),
    )  # fmt: skip


def draft_of(section: PlanImportSection) -> PlanVersion:
    return PlanVersion.objects.get(plan_id=section.plan_import.plan_id, status=VersionStatus.DRAFT)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", sorted({hazard.template: slug for slug, hazard in hazards().items()}.values()))
def test_every_template_survives_word_whole(slug: str, language: str) -> None:
    with acting(SYSTEM):
        load_seed()
    content = as_data(template(hazards()[slug].template))
    with override(language):
        paper = PlanPaper((), (), chapters=[(row["title"], row["text"]) for row in content["sections"]], title="预案",
                          parts=[(part, _cells(part, content)) for part in TABLED])  # fmt: skip
        made = as_word(paper, MARK)

    draft = read_plan(read_document(made), form=rows_of)

    found: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
    for section in draft.sections:
        assert section.doubts == ()
        if section.text and section.topic != "unplaced":
            found["sections"].append({"title": section.title, "text": section.text})
        for one in section.proposals:
            assert (one.is_form, one.doubts) == (True, ())
            found[one.part].append(one.row)
    sections = found.pop("sections")
    assert sections == [{"title": row["title"], "text": row["text"]} for row in content["sections"]]
    assert as_data(parsed(found)) == {**content, "sections": []}
    assert draft.aside == ()


def _cells(part: str, content: dict[str, Any]) -> list[list[str]]:
    from juxing.plans.plan_form import cells

    return [cells(part, row, PlanWords(content)) for row in content[part]]


def test_columns_have_heads_of_their_own_in_both_languages() -> None:
    for language in LANGUAGES:
        with override(language):
            for part in TABLED:
                heads = [str(LABELS[name]) for name in columns(part)]
                assert len(set(heads)) == len(heads), (part, heads)


def test_plan_moves_to_another_place_as_a_word_file(writer: Account, now: datetime) -> None:
    version = begun(writer, now)
    posts = [*version.content["posts"], {"code": "pump_keeper", "title": "泵站值守", "per": "street", "count": 2}]
    steps = [*version.content["playbook"], {"code": "pumps_open", "title": "开泵", "responsible": "pump_keeper",
                                            "accountable": "commander", "due_min": 20}]  # fmt: skip
    version = commands.write_part(actor=SYSTEM, now=now, version=version, part="posts", rows=posts)
    version = commands.write_part(actor=SYSTEM, now=now, version=version, part="playbook", rows=steps)
    version = commands.write_part(
        actor=SYSTEM, now=now, version=version, part="venues", rows=version.content["venues"][1:]
    )
    there = importing.import_new_plan(
        actor=actor_of(writer, now=now), now=now, area_code=STREET, hazard=RAINSTORM, title="街道预案",
        file_name="预案.docx", content=word_of(version, writer, now),
    )  # fmt: skip

    for section in read_back(there, writer, now):
        take(section, writer, now, drop=True)

    copied = PlanVersion.objects.get(plan=there.plan).content
    for part in TABLED:
        assert copied[part] == version.content[part], part
    assert [(row["title"], row["text"]) for row in copied["sections"]] == [
        (row["title"], row["text"]) for row in version.content["sections"]
    ]


def test_what_was_edited_in_word_comes_back_to_its_rows_and_can_be_taken_back(writer: Account, now: datetime) -> None:
    version = begun(writer, now)
    untouched = version.content

    def edit(document: Any) -> None:
        _text_under(document, "总则").text = "依法防汛。"
        steps = _table(document, untouched["playbook"][0]["code"])
        goods = _table(document, untouched["goods"][0]["code"])
        heads = [cell.text for cell in steps.rows[0].cells]
        due = heads.index(str(LABELS["due_min"]))
        steps.rows[1].cells[due].text = "２５分钟"
        steps.rows[2].cells[due].text = "尽快"
        steps.rows[3]._element.getparent().remove(steps.rows[3]._element)
        added = steps.add_row().cells
        added[heads.index(str(LABELS["title"]))].text = "巡查地下车库"
        added[heads.index(str(LABELS["responsible"]))].text = "网格负责人"
        goods.rows[1].cells[[cell.text for cell in goods.rows[0].cells].index(str(LABELS["item"]))].text = "飞毯"

    with override("zh-hans"):
        content = word_of(version, writer, now, edit)
        sections = read_back(
            importing.start_import(actor=actor_of(writer, now=now), now=now, plan=version.plan, file_name="x.docx",
                                   content=content), writer, now,
        )  # fmt: skip
        about = {part: section for section in sections for one in importing.read_of(section)["proposals"]
                 for part in [one["part"]]}  # fmt: skip
        purpose = next(section for section in sections if section.title == "总则")
        read = importing.read_of(about["playbook"])
        offered = proposals_beside(version.content, read)
        missing = rows_missing(version.content, read)
    assert [(one["is_offered"], one["beside"]) for one in offered] == [
        (True, "replaces"), (False, "unchanged"), *[(False, "unchanged")] * (len(offered) - 3), (True, "new_row")
    ]  # fmt: skip
    assert "cell_not_understood" in offered[1]["doubts"]
    assert [change["new"] for change in offered[0]["changed"]] == ["25"]
    assert missing == [(f"playbook:{untouched['playbook'][2]['code']}", untouched["playbook"][2]["title"])]
    unknown = proposals_beside(version.content, importing.read_of(about["goods"]))[0]
    assert (unknown["doubts"], unknown["beside"]) == (["cell_not_understood"], "unchanged")
    assert importing.leave_unchanged(actor=SYSTEM, now=now, plan_import=sections[0].plan_import) == len(sections) - 4
    for section in (about["playbook"], purpose):
        section.refresh_from_db()

    for section in (about["playbook"], purpose):
        take(section, writer, now, drop=True)

    version.refresh_from_db()
    steps = version.content["playbook"]
    assert [row["code"] for row in steps[:2]] == [row["code"] for row in untouched["playbook"][:2]]
    assert (steps[0]["due_min"], steps[1]["due_min"]) == (25, untouched["playbook"][1]["due_min"])
    assert (steps[-1]["title"], steps[-1]["responsible"]) == ("巡查地下车库", "grid_lead")
    assert untouched["playbook"][2]["code"] not in {row["code"] for row in steps}
    assert version.content["sections"][0] == {**untouched["sections"][0], "text": "依法防汛。"}
    for section in (about["playbook"], purpose):
        section.refresh_from_db()
        importing.reopen_section(actor=actor_of(writer, now=now), now=now, section=section)
        assert section.plan_import.status == PlanImportStatus.READY
    version.refresh_from_db()
    assert version.content == untouched
    assert PlanImportSection.objects.filter(status=PlanImportSectionStatus.TAKEN).count() == 0


def _table(document: Any, code: str) -> Any:
    return next(table for table in document.tables if any(row.cells[-1].text == code for row in table.rows))


def _text_under(document: Any, title: str) -> Any:
    paragraphs = document.paragraphs
    return paragraphs[[each.text for each in paragraphs].index(title) + 1]


def test_word_file_leaves_through_the_one_place_and_only_to_writers(writer: Account, now: datetime) -> None:
    version = begun(writer, now)
    address = reverse("plans:word", args=[version.plan.uuid, 1])
    desk, stranger = Client(), Client()
    desk.force_login(writer)
    stranger.force_login(make_account(Role.DISTRICT_COMMANDER, "990118"))
    asked = desk.get(address)
    given = desk.post(address, {"purpose": "running", "reason": "", "file_format": "docx"})
    wrong = desk.post(address, {"purpose": "running", "reason": "", "file_format": "xlsx"})

    assert (asked.status_code, given.status_code, wrong.status_code) == (200, 200, 422)
    document = docx.Document(io.BytesIO(given.content))
    export = Export.objects.get()
    assert export.kind == "plans.word"
    assert document.core_properties.comments == export.number
    assert all(export.number in section.footer.paragraphs[0].text for section in document.sections)
    assert stranger.get(address).status_code == 404
    assert desk.get(reverse("plans:word", args=[version.plan.uuid, 9])).status_code == 404


def test_part_is_changed_by_words_and_unknown_words_are_named(writer: Account, now: datetime) -> None:
    version = begun(writer, now)
    address = reverse("plans:part", args=[version.uuid, "posts"])
    desk = Client(headers={"accept-language": "zh-hans"})
    desk.force_login(writer)
    desk.post("/language/", {"language": "zh-hans"})
    row = {"title": "联络员", "per": "community", "count": "1", "from_level": "level_4", "carries_role": "grid_worker"}

    def sent(roles: str) -> Any:
        return {"rows": "1", **{f"r0-{name}": value for name, value in {**row, "holder_roles": roles}.items()}}

    wrong = desk.post(address, sent("社区工作者，魔术师"))
    right = desk.post(address, sent("社区工作者, Grid worker，responder"))

    assert (wrong.status_code, "魔术师" in wrong.content.decode()) == (422, True)
    assert right.status_code == 303
    version.refresh_from_db()
    assert version.content["posts"][0]["holder_roles"] == ["community_worker", "grid_worker", "responder"]
    assert COMMUNITY.startswith(STREET)
