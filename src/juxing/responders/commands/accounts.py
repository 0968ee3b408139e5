"""Giving a responder an account, so that tasks reach them on their own phone."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.commands import create_account, give_role
from juxing.access.roles import Role
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.responders import policy
from juxing.responders.models import Responder

GIVEN = journal.declare_action("responders.responder.give_account", _("Account given"))
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike when read from paper."""
GROUPS, GROUP_LENGTH = 3, 4


@transaction.atomic
def give_account(*, actor: Actor, now: datetime, responder: Responder, sign_in_name: str) -> str:
    """
    Make an account with the role of responder at their community, and return its first password: shown now, kept
    nowhere.

    Raises:
        NotPermitted: if the actor may not give accounts here.
        Refusal: if the person is not verified, or has an account already.
        InvalidInput: if the sign-in name is taken.
    """
    actor.require(policy.GIVE_ACCOUNT, responder.area_code)
    locked: Responder = Responder._base_manager.select_for_update(of=("self",)).get(pk=responder.pk)
    if not policy.can_give_account(actor, locked):
        raise Refusal("account_not_now", _("Verify this person first; one person has one account."))
    # The right to give this one role to this one person was asked above; accounts are otherwise the administrator's.
    giver = replace(actor, rights_everywhere=True)
    password = first_password()
    account = create_account(
        actor=giver, now=now, sign_in_name=sign_in_name, display_name=locked.name, password=password,
        is_demo=locked.is_demo,
    )  # fmt: skip
    give_role(actor=giver, now=now, account=account, role=Role.RESPONDER, area_code=locked.area_code)
    locked.account = account
    locked.save(update_fields=["account"])
    journal.record(GIVEN, actor=actor, subject=locked, happened_at=now)
    return password


def first_password() -> str:
    """Return a password that can be read aloud and typed on a phone (about 59 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(GROUP_LENGTH)) for _group in range(GROUPS))
