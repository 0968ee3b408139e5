"""Every form that can be sent, filled with what no form expects: told in words, never a failure, nothing of it run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from juxing.access.models import RoleAssignment
from juxing.access.roles import Role
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from tests.architecture.test_addresses import PAGES
from tests.factories import BEFORE, COMMUNITY, OTHER_STREET_COMMUNITY, STREET, make_account, make_areas

SCRIPT = "<script>alert('1')</script>"
WRITTEN = {
    "text": f"{SCRIPT}'; DROP TABLE needs_need; -- 👨‍👩‍👧‍👦😷\u202egnp.exe\u200b",
    "negative": "-1",
    "huge": "9" * 400,
    "1900": "1900-01-01T00:00",
    "zero byte": "a\x00b",
    "long": "长" * 50_000,
    "another community": OTHER_STREET_COMMUNITY,
}
SENT = {
    "wrong encoding": "姓名,电话\n王芳,128".encode("utf-16-be")[1:],
    "half a character": "姓名,电话\n王芳".encode("gb18030")[:-1],
    "ten megabytes in a cell": ("姓名,电话\n" + "王" * 3_400_000 + ",1\n").encode(),
    "formulas": "姓名,电话,社区\n=1+1,@SUM(A1),+1\n".encode(),
    "emoji": "😷,🏠\n😷😷,🏠\n".encode(),
    "nothing": b"",
    "no table": b"\x89PNG\r\n\x1a\n" + b"\x00" * 400,
    "cut workbook": b"PK\x03\x04" + b"\x00" * 400,
}
FORM = re.compile(r'<form\b(?=[^>]*method="post")([^>]*)>(.*?)</form>', re.DOTALL | re.IGNORECASE)
ACTION = re.compile(r'\baction="([^"]*)"')
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"[^>]*>', re.DOTALL)
PLACES = {"area_code": COMMUNITY, "code": COMMUNITY}
ROLES = (
    Role.DISTRICT_COMMANDER, Role.COMMUNITY_WORKER, Role.SYSTEM_ADMIN, Role.PRIVACY_OFFICER,
    Role.SECURITY_AUDITOR, Role.STOREKEEPER, Role.ORGANISATION_MANAGER, Role.HOTLINE_AGENT,
)  # fmt: skip
ROOMS: dict[str, list[str]] = {}
for _name, _view, _converters in PAGES:
    if set(_converters) <= set(PLACES) and not _name.startswith("None") and _name != "access:sign_out":
        _address = reverse(_name, kwargs={each: PLACES[each] for each in _converters})
        ROOMS.setdefault(_name.partition(":")[0], []).append(_address)
"""Addresses that need nothing but a place; those of one thing answer everybody's guess with "not found"."""
ASKED = ("cursor", "area", "q", "status", "kind", "day", "show", "page", "name", "phone", "from", "until")


@pytest.fixture
def client(db: None) -> Client:
    """Somebody who may do everything in a street, so that nothing is refused before it is read."""
    with acting(Actor.system("test")):
        make_areas()
        account = make_account(Role.STREET_OPERATOR, STREET)
        for role in ROLES:
            area = "" if role == Role.SYSTEM_ADMIN else STREET
            RoleAssignment.objects.create(account=account, role=role, area_code=area, starts_at=BEFORE)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def forms_of(page: str) -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield where each form of a page is sent ("": to itself), its fields, and those of them that take a file."""
    for opening, form in FORM.findall(page):
        every = set(FIELD.findall(form)) - {"csrfmiddlewaretoken", "language", "next"}
        action = ACTION.search(opening)
        files = set(re.findall(r'<input\b(?=[^>]*type="file")[^>]*\bname="([^"]+)"', form))
        yield unescape(action[1]) if action else "", every, files


def fillings(fields: set[str], files: set[str]) -> Iterator[dict[str, Any]]:
    """Yield what is sent by a form that has these fields: each kind of text, then each kind of file."""
    for value in WRITTEN.values():
        yield dict.fromkeys(fields - files, value) | {"idempotency_key": str(uuid4())}
    for content in SENT.values() if files else ():
        sent = {each: SimpleUploadedFile("<b>a</b>.csv", content) for each in files}
        areas = dict.fromkeys({"area", "area_code", "community"} & fields, COMMUNITY)
        yield areas | sent | {"idempotency_key": str(uuid4())}


def judged(answer: Any) -> None:
    text = b"" if answer.streaming else answer.content
    assert answer.status_code < 500
    assert SCRIPT.encode() not in text
    assert b"Traceback" not in text


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_forms_of_a_room_answer_anything_in_words(room: str, client: Client) -> None:
    sent: set[tuple[str, ...]] = set()
    leave = reverse("access:sign_out")
    for address in ROOMS[room]:
        page = client.get(address)
        if page.status_code != 200 or "text/html" not in page["Content-Type"]:
            continue
        for value in (f"a\x00b{SCRIPT}'; --", "9" * 30):
            judged(client.get(address, dict.fromkeys(ASKED, value)))
        for action, fields, files in forms_of(page.content.decode()):
            form = (action.partition("#")[0] or address, *sorted(fields))
            if form in sent or form[0] == leave:
                continue
            sent.add(form)
            for filled in fillings(fields, files):
                judged(client.post(form[0], filled))
    assert "_auth_user_id" in client.session
