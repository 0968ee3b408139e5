"""Every operation of the API, sent what no program should send: told as a problem, never a failure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from juxing.access import commands as access_commands
from juxing.access.roles import Role
from juxing.kernel import clock
from juxing.kernel.actors import Actor
from juxing.kernel.scope import acting
from juxing.site.api import api
from tests.factories import OTHER_STREET_COMMUNITY, STREET, make_account, make_areas

SYSTEM = Actor.system("test")
SCRIPT = "<script>alert('1')</script>"
TEXTS = (
    "a\x00b",
    f"{SCRIPT}'; DROP TABLE needs_need; -- 😷\u202e",
    "9" * 400,
    "\ud800",
    "长" * 50_000,
    OTHER_STREET_COMMUNITY,
)
NUMBERS = (-1, 10**30, 1e308, 0)
BODIES = (
    b"", b"{not json", b"null", b"[]", b'"text"', b'{"a": NaN}', '{"需要": "米"}'.encode("gb18030"),
    b'{"need_type": "water", "need_type": "water"}',
)  # fmt: skip
THERE = (str(uuid4()), OTHER_STREET_COMMUNITY, "9" * 40, "%00", "%F0%9F%98%B7")
SCHEMA: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1"), default=str))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in SCHEMA["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


OPERATIONS = list(operations())


def filled(schema: dict[str, Any], text: str, number: float) -> Any:
    """Return a body of the right shape whose every text and number is not what anybody means."""
    if "$ref" in schema:
        return filled(SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]], text, number)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return filled(next(each for each in schema[several] if each.get("type") != "null"), text, number)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: filled(one, text, number) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [filled(schema.get("items", {}), text, number)] * 2
        case "integer" | "number":
            return number
        case "boolean":
            return True
        case _:
            return text


@pytest.fixture
def headers(db: None) -> dict[str, str]:
    with acting(SYSTEM):
        make_areas()
        account = make_account(Role.STREET_OPERATOR, STREET)
        token = access_commands.issue_token(actor=SYSTEM, now=clock.now(), account=account, label="test")
    return {"Authorization": f"Bearer {token}"}


def judged(answer: Any) -> None:
    assert answer.status_code < 500, answer.content[:300]
    assert b"Traceback" not in answer.content
    if answer.status_code >= 400:
        assert answer["Content-Type"].startswith("application/problem+json")
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["title"]


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[f"{one} {path}" for one, path, _ in OPERATIONS]
)
def test_operation_answers_anything_with_a_problem(
    method: str, path: str, operation: dict[str, Any], headers: dict[str, str]
) -> None:
    client = Client()
    parameters = operation.get("parameters", [])
    asked = [each["name"] for each in parameters if each["in"] == "query"]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    bodies = list(BODIES)
    for text, number in (*((text, 1) for text in TEXTS), *(("x", number) for number in NUMBERS)):
        bodies.append(json.dumps(filled(content["schema"] if content else {}, text, number)).encode())
    for there in THERE if "{" in path else THERE[:1]:
        address = re.sub(r"{\w+}", there, path)
        for written in ("a\x00b", "9" * 400, "-1", SCRIPT) if asked else ():
            query = dict.fromkeys(asked, written)
            judged(client.generic(method.upper(), address, headers=headers, query_params=query))
        for body in bodies if content and there == THERE[0] else bodies[:1]:
            keyed = headers | {"Idempotency-Key": str(uuid4())}
            judged(client.generic(method.upper(), address, body, content_type="application/json", headers=keyed))


@pytest.mark.parametrize("body", [b"[" * 1_000_000, b'{"' + b"x" * 11_000_000 + b'": 1}'], ids=["deep", "large"])
def test_body_too_deep_or_too_large_is_refused(body: bytes, headers: dict[str, str]) -> None:
    answer = Client().generic("POST", "/api/v1/needs/", body, content_type="application/json", headers=headers)

    assert answer.status_code in {400, 413, 422}
    judged(answer)
