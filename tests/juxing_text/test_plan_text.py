"""Plans as offices write them, read into sections and rows; nothing personal in them, nothing lost of them."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing_text.documents import Document, Paragraph, Table
from juxing_text.documents.reading import read_document
from juxing_text.plan_text import PlanDraft, Proposal, read_plan
from juxing_text.plan_text.actions import minutes_within
from juxing_text.plan_text.draft import LONGEST_TEXT, UNPLACED, written
from juxing_text.plan_text.levels import bare_level_of, colour_level_of, level_of
from juxing_text.plan_text.marks import read_mark, without_mark
from juxing_text.plan_text.personal import is_name, take_out
from tests.juxing_text.plan_files import ARTICLES, DECIMAL, PERSONAL, TYPED, pdf, word


@pytest.fixture(scope="module", params=["docx", "pdf"])
def typed(request: pytest.FixtureRequest) -> PlanDraft:
    return read_plan(read_document(word(TYPED) if request.param == "docx" else pdf(TYPED)))


def rows(draft: PlanDraft, part: str) -> list[Proposal]:
    return [one for section in draft.sections for one in section.proposals if one.part == part]


def test_chapters_become_sections_and_what_stands_before_them_stays_unplaced(typed: PlanDraft) -> None:
    assert [(section.topic, section.title) for section in typed.sections] == [
        ("purpose", "总则"), ("command", "组织指挥体系"), ("warning", "监测预警"), ("response", "应急响应"),
        ("ending", "后期处置"), ("support", "应急保障"), ("supplementary", "附则"),
        ("annex", "联系方式"), (UNPLACED, ""),
    ]  # fmt: skip
    assert typed.title == "云间区防汛防台应急预案"
    assert "2026年修订" in typed.sections[-1].text


def test_triggers_and_steps_come_with_level_time_and_who_answers(typed: PlanDraft) -> None:
    triggers = {(one.row["from_level"], one.row["title"], "level_from_colour" in one.doubts)
                for one in rows(typed, "triggers")}  # fmt: skip
    steps = {(one.row["from_level"], one.row["title"], one.row["due_min"], one.responsible)
             for one in rows(typed, "playbook")}  # fmt: skip

    assert triggers == {
        ("level_1", "市防汛指挥部发布暴雨红色预警", False), ("level_1", "城区多处积水超过半米", False),
        ("level_2", "发布暴雨橙色预警", False), ("level_3", "发布暴雨黄色预警", False),
        ("level_1", "3小时内降雨量将达100毫米以上", True), ("level_4", "12小时内降雨量将达50毫米以上", True),
    }  # fmt: skip
    assert steps == {
        ("level_1", "指挥长到岗", 30, ""), ("level_1", "2小时内转移危房和底楼居民", 120, "转移安置组"),
        ("level_2", "区水务局负责打开排水泵", 60, "区水务局"),
    }  # fmt: skip


def test_tables_become_posts_goods_and_shelters_and_doubtful_ones_are_not_chosen(typed: PlanDraft) -> None:
    posts = {one.row["title"]: one.is_offered for one in rows(typed, "posts")}
    goods = {one.row["title"]: (one.row["item"], one.row["quantity"], one.is_offered) for one in rows(typed, "goods")}
    venues = [one.row for one in rows(typed, "venues")]

    assert posts == {"区应急局": False, "医疗救护组": True, "区水务局": False, "转移安置组": True}
    assert goods["沙袋"] == ("sandbag", 2000, True)
    assert goods["水泵"] == ("water_pump", 12, True)
    assert not goods["奇异浮舟"][2]
    assert [(row["function"], row["count"], row["minimum_area_m2"]) for row in venues] == [("shelter", 2, 3000)]


def test_numbers_and_names_stand_nowhere_but_aside_and_public_numbers_stay(typed: PlanDraft) -> None:
    shown = json.dumps(asdict(typed) | {"aside": []}, default=str, ensure_ascii=False)
    aside = {one.value: one for one in typed.aside}

    assert [detail for detail in PERSONAL if detail in shown] == []
    assert "火警119" in shown
    assert aside["021-63000000"].is_duty
    assert not aside["13812345678"].is_duty
    assert len({one.token for one in typed.aside}) == len(typed.aside)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (DECIMAL, ["总则", "组织机构与职责", "应急响应", "后期处置", "保障措施", ""]),
        (ARTICLES, ["总则", "组织指挥", "应急处置", "保障措施", ""]),
        ("# 某社区预案\n## 总则\n甲\n## 应急响应\n乙\n## 附则\n丙", ["总则", "应急响应", "附则", ""]),
        ("总 则\n甲\n组织指挥\n乙\n附则\n丙", ["总 则", "组织指挥", "附则"]),
    ],
)
def test_other_ways_of_numbering_give_the_same_chapters(text: str, titles: list[str]) -> None:
    assert [section.title for section in read_plan(read_document(word(text))).sections] == titles


def test_decimal_headings_give_levels_and_a_measure_in_the_text_is_no_heading() -> None:
    draft = read_plan(read_document(word(DECIMAL)))

    assert [(one.row["from_level"], one.row["title"]) for one in rows(draft, "triggers")] == [
        ("level_2", "本街道出现聚集性疫情")
    ]
    assert [(one.row["due_min"], one.responsible) for one in rows(draft, "playbook")] == [(60, "社区书记")]
    assert "1.5 米以内的围挡拆除后" in next(one.text for one in draft.sections if one.topic == "ending")


@pytest.mark.parametrize(
    ("text", "kind", "numbers"),
    [
        ("一、总则", "han", (1,)), ("（十二）其他", "han_bracket", (12,)), ("1.总则", "digit", (1,)),
        ("1.2.3 启动", "decimal", (1, 2, 3)), ("(3) 转移", "digit_bracket", (3,)), ("③到岗", "circled", (3,)),
        ("第二十一条 附则", "article", (21,)), ("第三章 响应", "chapter", (3,)), ("附件2：名单", "annex", (2,)),
        ("2024年修订", "", ()), ("30分钟内到岗", "", ()), ("1.5倍", "decimal", (1, 5)), ("三防工作", "", ()),
    ],
)  # fmt: skip
def test_number_in_front_is_told_from_what_only_begins_with_one(text: str, kind: str, numbers: tuple[int, ...]) -> None:
    mark = read_mark(text)

    assert ("" if mark is None else mark.kind.rstrip("0123456789")) == kind
    assert (() if mark is None else mark.numbers) == numbers
    assert without_mark(text) in text


def test_levels_are_of_responses_not_of_incidents() -> None:
    assert [level_of(text) for text in (
        "Ⅰ级响应", "启动II级应急响应", "三级响应", "4级响应", "应急响应（Ⅳ级）",
        "特别重大（Ⅰ级）", "国家级响应", "一级医院"
    )] == ["level_1", "level_2", "level_3", "level_4", "level_4", "", "", ""]  # fmt: skip
    assert [colour_level_of(text) for text in ("暴雨橙色预警", "白色", "蓝色")] == ["level_2", "", "level_4"]
    assert [bare_level_of(text) for text in ("Ⅱ级", "2", "红色", "一级响应", "其他")] == [
        "level_2", "level_2", "level_1", "level_1", ""
    ]  # fmt: skip
    assert [minutes_within(text) for text in ("30分钟内", "半小时内", "两小时之内", "3日内", "立即")] == [
        30, 30, 120, 4320, None
    ]  # fmt: skip


def test_names_are_told_from_offices_and_common_words() -> None:
    assert [word for word in ("张三", "欧阳明远", "李小红", "水务局", "方案", "高度", "王") if is_name(word)] == [
        "张三", "欧阳明远", "李小红"
    ]  # fmt: skip


LINES = st.lists(
    st.one_of(
        st.sampled_from(TYPED.splitlines() + DECIMAL.splitlines() + ARTICLES.splitlines()),
        st.text(alphabet="一二、（）.1234 总则响应级Ⅰ。：章第", min_size=1, max_size=30),
        st.integers(1, 9000).map(lambda length: "长" * length),
    ),
    max_size=25,
)


@given(LINES)
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_nothing_stands_in_two_chapters(lines: list[str]) -> None:
    blocks = tuple(
        Table(tuple(tuple(row.split("|")) for row in line[1:].split(";"))) if line.startswith("@") else Paragraph(line)
        for line in lines
        if line.strip()
    )
    draft = read_plan(Document(blocks))

    found: dict[int, str] = {}
    for section in draft.sections:
        assert len(section.text) <= LONGEST_TEXT
        assert len(section.title) <= 80
        for at in section.blocks:
            found[at] = found.get(at, "") + section.title + "\n" + section.text
    assert sorted(found) == list(range(len(blocks)))
    for at, block in enumerate(draft.document.blocks):
        kept = "".join(found[at].split())
        said = ["".join(text.split()) for text in (written(block), without_mark(written(block)))]
        assert said[0] in kept or said[1] in kept or len(said[0]) > LONGEST_TEXT // 2
    assert sum(len(section.text) for section in draft.sections) >= sum(
        len(written(block)) for block in draft.document.blocks if len(written(block)) > 60
    )


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_taking_out_can_be_put_back(text: str) -> None:
    taken, aside = take_out(Document((Paragraph(text),)))

    block = taken.blocks[0]
    assert isinstance(block, Paragraph)
    back = block.text
    for one in reversed(aside):
        back = back.replace(one.token, one.value)
    assert "".join(back.split()) == "".join(text.split())
