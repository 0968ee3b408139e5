"""Notices: drafted by a conversion, filled in and published by a person, over with the response."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from juxing.access.roles import Role
from juxing.activations import commands as activations
from juxing.activations import execution
from juxing.activations.models import Activation
from juxing.command import commands, notice_queries
from juxing.command.enums import NoticeStatus
from juxing.command.models import Notice
from juxing.command.notice_drafting import blanks_of, filled, said_in
from juxing.kernel.refusals import InvalidInput, NotPermitted, NotVisible, Refusal
from tests.activations.makers import (
    OTHER_STREET,
    SYSTEM,
    District,
    make_district,
    make_person,
    newest,
    start,
)
from tests.command.makers import converted
from tests.factories import COMMUNITY, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
PHONE = "电话"


@pytest.fixture
def place(now: datetime) -> District:
    return make_district(now, responders=2)


def draft_of(activation: Activation, street: str = STREET) -> Notice:
    return Notice.objects.select_related("activation").get(activation=activation, area_code=street, code="start")


def published(place: District, activation: Activation, now: datetime) -> Notice:
    operator = place.actor(place.operator, now)
    draft = draft_of(activation)
    commands.fill_notices(actor=operator, now=now, notice=draft, values={PHONE: "0000-12345"})
    return commands.publish_notice(actor=operator, now=now, notice=draft_of(activation))


def test_conversion_drafts_the_notice_with_what_is_known(place: District, now: datetime) -> None:
    activation = converted(place, now)

    draft = draft_of(activation)

    assert draft.status == NoticeStatus.DRAFT
    assert draft.ends_at == activation.ends_at
    assert blanks_of(draft.text) == [PHONE]
    assert "演示市人民政府" in draft.text
    assert not Notice.objects.filter(code="end").exists()


def test_nothing_is_published_while_a_blank_is_left(place: District, now: datetime) -> None:
    activation = converted(place, now)

    with pytest.raises(Refusal) as refused:
        commands.publish_notice(actor=place.actor(place.operator, now), now=now, notice=draft_of(activation))

    assert PHONE in str(refused.value.message)
    assert notice_queries.public_notices(place="", now=now) == []


def test_filled_and_published_it_is_read_by_everybody_until_the_end(place: District, now: datetime) -> None:
    activation = converted(place, now)

    told = published(place, activation, now)

    assert [row.pk for row in notice_queries.public_notices(place=f"{COMMUNITY}-E001", now=now)] == [told.pk]
    assert notice_queries.public_notices(place=f"{OTHER_STREET}001", now=now) == []
    assert notice_queries.public_notices(place="", now=activation.ends_at) == []
    page = Client().get("/notices/").content.decode()
    assert "0000-12345" not in page, "the demo's clock is not this test's"


def test_public_page_shows_what_holds(place: District, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    published(place, converted(place, now), now)
    monkeypatch.setattr("juxing.kernel.clock.now", lambda: now)

    page = Client().get("/notices/", {"area": "nowhere"})

    assert page.status_code == 200
    assert "0000-12345" in page.content.decode()


def test_filling_reaches_every_street_where_it_is_a_draft(place: District, now: datetime) -> None:
    activation = converted(place, now, areas=[STREET, OTHER_STREET])
    operator = place.actor(place.operator, now)

    count = commands.fill_notices(actor=operator, now=now, notice=draft_of(activation), values={PHONE: "1"})
    told = commands.publish_finished(actor=operator, now=now, activation=activation)

    assert (count, told) == (2, 2)


def test_street_fills_and_publishes_only_its_own(place: District, now: datetime) -> None:
    activation = converted(place, now, areas=[STREET, OTHER_STREET])
    commander = place.actor(place.street_commander, now)

    count = commands.fill_notices(actor=commander, now=now, notice=draft_of(activation), values={PHONE: "1"})

    assert count == 1
    assert blanks_of(draft_of(activation, OTHER_STREET).text) == [PHONE]
    with pytest.raises(NotPermitted):
        commands.rewrite_notice(
            actor=commander, now=now, notice=draft_of(activation, OTHER_STREET), title="x", text="y"
        )
    with pytest.raises(NotVisible):
        notice_queries.notice(actor=commander, uuid=draft_of(activation, OTHER_STREET).uuid)


def test_stand_down_withdraws_and_drafts_the_end_where_people_were_told(place: District, now: datetime) -> None:
    activation = converted(place, now, areas=[STREET, OTHER_STREET])
    operator = place.actor(place.operator, now)
    commands.rewrite_notice(actor=operator, now=now, notice=draft_of(activation), title="告知", text="有求必应")
    commands.publish_notice(actor=operator, now=now, notice=draft_of(activation))
    later = now + timedelta(days=1)
    activations.stand_down(actor=place.actor(place.commander, later), now=later, activation=activation, reason="over")

    execution.carry_out(newest(activation).uuid, clock=lambda: later)

    states = dict(Notice.objects.order_by("id").values_list("area_code", "status").filter(code="start"))
    assert states == {STREET: NoticeStatus.WITHDRAWN, OTHER_STREET: NoticeStatus.DISCARDED}
    [ending] = Notice.objects.filter(status=NoticeStatus.DRAFT)
    assert (ending.area_code, ending.code) == (STREET, "end")
    assert ending.ends_at == later + timedelta(days=7)
    commands.fill_notices(actor=operator, now=later, notice=ending, values={PHONE: "1"})
    commands.publish_notice(actor=operator, now=later, notice=Notice.objects.get(pk=ending.pk))
    assert [row.code for row in notice_queries.public_notices(place=STREET, now=later)] == ["end"]


def test_lowering_takes_back_what_the_level_no_longer_wants_and_extending_moves_the_end(
    place: District, now: datetime
) -> None:
    from juxing.kernel.conversion import ConversionOrder, steps

    activation = converted(place, now)
    base = {
        "activation_uuid": activation.uuid, "activation_id": activation.pk, "street": STREET, "area_codes": (STREET,),
        "now": now, "actor": SYSTEM, "ends_at": now + timedelta(days=9),
    }  # fmt: skip
    row = {"code": "start", "title": "t", "text": "x", "from_level": "level_3"}

    kept = steps["command.notices"].convert(ConversionOrder(**base, level="level_3", wanted={"notices": [row]}))  # type: ignore[arg-type]
    assert kept == {"drafted": 0, "withdrawn": 0, "put_aside": 0}
    assert draft_of(activation).ends_at == now + timedelta(days=9)
    gone = steps["command.notices"].convert(ConversionOrder(**base, level="level_4", wanted={"notices": [row]}))  # type: ignore[arg-type]
    assert gone == {"drafted": 0, "withdrawn": 0, "put_aside": 1}


def test_published_notice_keeps_its_words_and_a_draft_with_the_new_level_replaces_it(
    place: District, now: datetime
) -> None:
    activation = converted(place, now)
    told = published(place, activation, now)
    assert "Ⅲ级" in told.text
    operator, later = place.actor(place.operator, now), now + timedelta(hours=2)
    activations.change_level(
        actor=operator, now=later, activation=activation, areas=[STREET], level="level_4", reason="轻了"
    )
    for _twice in range(2):
        execution.carry_out(newest(activation).uuid, clock=lambda: later)

    told.refresh_from_db()
    draft = Notice.objects.select_related("activation").get(activation=activation, area_code=STREET, status="draft")
    assert (told.status, "Ⅲ级" in told.text) == ("published", True)
    assert "Ⅳ级" in draft.text
    assert "0000-12345" in draft.text, "what a person had filled in is kept"
    commands.publish_notice(actor=operator, now=later, notice=draft)
    told.refresh_from_db()
    assert told.status == "withdrawn"
    assert [row.text for row in notice_queries.public_notices(place=STREET, now=later)] == [draft.text]


def test_draft_follows_the_level_and_words_a_person_wrote_stay(place: District, now: datetime) -> None:
    activation = converted(place, now)
    operator, later = place.actor(place.operator, now), now + timedelta(hours=2)
    commands.rewrite_notice(actor=operator, now=now, notice=draft_of(activation), title="t", text="自己写的")
    other = Notice.objects.exclude(area_code=STREET).filter(activation=activation)
    assert not other.exists()
    activations.change_level(
        actor=operator, now=later, activation=activation, areas=[STREET], level="level_4", reason="轻了"
    )
    execution.carry_out(newest(activation).uuid, clock=lambda: later)

    assert draft_of(activation).text == "自己写的"
    assert draft_of(activation).level == "level_4"


@settings(deadline=None)
@given(values=st.lists(st.text(alphabet="甲乙 0:-", min_size=1, max_size=9), min_size=2, max_size=2))
def test_what_was_filled_in_is_read_back(values: list[str]) -> None:
    said = dict(zip(["a", "b"], values, strict=True))
    words = "x【a】y【c】z【b】."

    assert said_in(words, filled(words, said)) == said
    assert said_in(words, "something else") is None


def test_drill_leaves_no_notice(place: District, now: datetime) -> None:
    draft = start(place, now)
    Activation.objects.filter(pk=draft.pk).update(is_exercise=True)

    execution.carry_out(newest(draft).uuid, clock=lambda: now)

    assert not Notice.objects.exists()


def test_words_must_be_there_and_published_ones_stay(place: District, now: datetime) -> None:
    activation = converted(place, now)
    operator = place.actor(place.operator, now)
    with pytest.raises(InvalidInput):
        commands.rewrite_notice(actor=operator, now=now, notice=draft_of(activation), title="x", text=" ")
    told = published(place, activation, now)
    with pytest.raises(Refusal):
        commands.rewrite_notice(actor=operator, now=now, notice=told, title="x", text="y")
    with pytest.raises(Refusal):
        commands.publish_notice(actor=operator, now=now, notice=told)


def test_pages_of_notices(place: District, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("juxing.kernel.clock.now", lambda: now)
    activation = converted(place, now)
    client = Client()
    client.force_login(place.operator, backend="django.contrib.auth.backends.ModelBackend")
    draft = draft_of(activation)

    assert client.get(f"/command/{activation.uuid}/notices/").status_code == 200
    assert PHONE in client.get(f"/command/notices/{draft.uuid}/").content.decode()
    assert client.post(f"/command/notices/{draft.uuid}/publish/").status_code == 422
    assert client.post(f"/command/notices/{draft.uuid}/fill/", {"blank_0": "0000-1"}).status_code == 303
    assert client.post(f"/command/notices/{draft.uuid}/", {"title": "告知", "text": "食品有保障"}).status_code == 303
    assert client.post(f"/command/{activation.uuid}/notices/publish/").status_code == 303
    assert draft_of(activation).status == NoticeStatus.PUBLISHED
    assert client.post(f"/command/notices/{draft.uuid}/withdraw/").status_code == 303
    assert client.post(f"/command/notices/{draft.uuid}/nonsense/").status_code == 404


def test_who_serves_reads_on_the_phone_what_is_for_them(
    place: District, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("juxing.kernel.clock.now", lambda: now)
    told = published(place, converted(place, now), now)
    Notice.objects.filter(pk=told.pk).update(audience="responders", title="给志愿者")
    client = Client()
    client.force_login(
        make_person(Role.RESPONDER, COMMUNITY, "reader"), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert "给志愿者" in client.get("/my/orders/").content.decode()
    assert "给志愿者" not in Client().get("/notices/").content.decode()


@settings(deadline=None)
@given(words=st.text(max_size=60), values=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text(max_size=5)))
def test_filling_leaves_exactly_the_blanks_without_a_value(words: str, values: dict[str, str]) -> None:
    plain = words.translate({0x3010: None, 0x3011: None})
    clean = {blank: value.translate({0x3010: None, 0x3011: None}) for blank, value in values.items()}

    text = filled(f"{plain}【a】{plain}【b】", clean)

    assert blanks_of(text) == [blank for blank in ("a", "b") if not clean.get(blank)]
