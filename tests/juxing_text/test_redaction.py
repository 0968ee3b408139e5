# ruff: noqa: RUF001 - full-width and look-alike characters are what is tested
"""What must not stay in group text, and what must."""

import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juxing_text import RedactionKind, redact

_GONE = [
    ("刘洋 12800005678 蔬菜包", "12800005678", RedactionKind.PHONE),
    ("128-0000-5678 张三", "5678", RedactionKind.PHONE),
    ("电话128 0000 5679", "5679", RedactionKind.PHONE),
    ("128****5678 水果", "5678", RedactionKind.PHONE),
    ("尾号5678 水果包", "5678", RedactionKind.PHONE),
    ("手机尾号 0086 草莓", "0086", RedactionKind.PHONE),
    ("１２８００００５６７８ 蔬菜", "５６７８", RedactionKind.PHONE),
    ("1️⃣2️⃣8️⃣0️⃣0️⃣0️⃣0️⃣5️⃣6️⃣7️⃣8️⃣", "8️⃣", RedactionKind.PHONE),
    ("一二八零零零零五六七八", "五六七八", RedactionKind.PHONE),
    ("家里电话60001234", "60001234", RedactionKind.PHONE),
    ("021-6000 1234", "6000", RedactionKind.PHONE),
    ("加我微信 abc_12345", "abc_12345", RedactionKind.PHONE),
    ("+86 128 0000 5678", "0000", RedactionKind.PHONE),
    ("身份证999999199001011234", "1990", RedactionKind.IDENTITY_NUMBER),
    ("99999919900101123X", "123X", RedactionKind.IDENTITY_NUMBER),
    ("卡号 6222 0000 1111 2222", "1111", RedactionKind.LONG_NUMBER),
    ("何妈妈每周三透析", "透析", RedactionKind.HEALTH),
    ("我怀孕了", "怀孕", RedactionKind.HEALTH),
    ("孕32周", "32", RedactionKind.HEALTH),
    ("许大爷（糖尿病）", "糖尿病", RedactionKind.HEALTH),
    ("核酸阳性在家", "阳性", RedactionKind.HEALTH),
    ("胆囊炎", "囊炎", RedactionKind.HEALTH),
    ("硝苯地平2盒", "硝苯地平", RedactionKind.MEDICINE),
    ("阿莫西林胶囊2盒", "胶囊", RedactionKind.MEDICINE),
    ("高血压药两盒", "高血压", RedactionKind.MEDICINE),
    ("止痛药", "止痛", RedactionKind.MEDICINE),
    ("小儿止咳口服液", "口服液", RedactionKind.MEDICINE),
]


@pytest.mark.parametrize(("text", "secret", "kind"), _GONE)
def test_redact_takes_out(text: str, secret: str, kind: RedactionKind) -> None:
    clean, found = redact(text)

    assert secret not in clean
    assert kind in {one.kind for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "手术衣 200件",
        "核酸检测试剂盒",
        "山药2斤 农药",
        "消毒药水",
        "老毛病又犯",
        "咖啡胶囊",
        "代配药",
        "1. 5-301 2. 5-302 3. 5-303 4. 5-304",
        "口罩100000只",
        "血压计 体温计 创可贴",
    ],
)
def test_redact_leaves_goods_and_doors(text: str) -> None:
    assert redact(text) == (text, ())


def test_redaction_record_holds_no_value() -> None:
    _, found = redact("张三 12800005678")

    assert "1280000" not in repr(found)


_LIKELY = st.text(
    alphabet=st.sampled_from("0123456789０１２３-. *张三电话尾号:楼一二八零，🍎１\u200b\ufe0f\u20e3٣"), max_size=60
)


@given(st.one_of(st.text(), _LIKELY))
def test_redact_leaves_no_long_number(text: str) -> None:
    clean, found = redact(text)

    digits = "".join(str(unicodedata.decimal(c, "·")) for c in clean)
    assert re.search(r"\d{7}", digits) is None
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= after.start for one, after in pairwise(found))


@given(st.text(max_size=20), st.text(max_size=20), st.from_regex(r"\A128[0-9]{8}\Z"))
def test_redact_finds_a_phone_anywhere(before: str, after: str, phone: str) -> None:
    clean, _ = redact(before + phone + after)

    assert phone not in clean
