"""Inputs and actors for the tests of responders."""

from __future__ import annotations

from typing import Any

from juxing.kernel.actors import Actor, ActorKind, Grant
from juxing.responders.enums import ResponderKind
from juxing.responders.inputs import Profile, ResponderInput
from tests.factories import COMMUNITY, STREET


def actor_with(role: str, area_code: str = STREET, *, account_id: int | None = -1) -> Actor:
    """Return an actor who holds the role, without an account row behind it."""
    return Actor(kind=ActorKind.ACCOUNT, name=role, account_id=account_id, grants=(Grant(role, area_code),))


def an_input(**values: Any) -> ResponderInput:
    """Return a report-in of a volunteer; profile values may be given directly."""
    names = {"skills", "languages", "transport", "capacity", "reach_m"}
    profile = Profile(**{name: values.pop(name) for name in list(values) if name in names})
    return ResponderInput(
        **{
            "area_code": COMMUNITY, "name": "何志远", "phone": "12800003333", "kind": ResponderKind.VOLUNTEER,
            "profile": profile, **values,
        }
    )  # fmt: skip
