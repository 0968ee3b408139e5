"""
Forms that belong to one thing, filled with what no form expects: told in words, never a failure, nothing of it kept.

The pages of the demo's morning are found by following links as whoever may; each sending is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.site.test_bad_input import fillings, forms_of, judged
from tests.stories.addresses import Address
from tests.stories.test_every_page_for_everyone import ACCOUNTS, ADDRESSES_IN_PAGE, ROOMS, Example, examples, name_of

__all__ = ["examples"]
LEAVE = {"access:sign_out", "set_language"}
Form = tuple[str, set[str], set[str]]


class Finder:
    """Follows the links of one room in one process, and yields each form once with the account that saw it."""

    def __init__(self, room: list[Address], examples: dict[str, Example]) -> None:
        self.addresses = {address.name: address for address in room}
        self._clients: dict[str, Client] = {}
        self._whose = {name: account for name, (_path, account) in examples.items() if account}
        self._to_open = {address.name: reverse(address.name) for address in room if not address.converters}
        self._to_open |= {name: path for name, (path, _account) in examples.items() if name in self.addresses}

    def forms(self) -> dict[str, tuple[Client, Form]]:
        """Return the forms of the room by the name of the address they are sent to."""
        found: dict[str, tuple[Client, Form]] = {}
        asked: set[str] = set()
        while self._to_open:
            name, path = self._to_open.popitem()
            asked.add(name)
            for client in self._clients_of(name):
                page = client.get(path)
                if page.status_code != 200 or "text/html" not in page["Content-Type"]:
                    continue
                text = page.content.decode()
                self._note(text, asked)
                for action, fields, files in forms_of(text):
                    target = action.partition("#")[0] or path
                    found.setdefault(name_of(target), (client, (target, fields, files)))
        return {name: form for name, form in found.items() if name not in LEAVE}

    def _note(self, text: str, asked: set[str]) -> None:
        for link in ADDRESSES_IN_PAGE.findall(text):
            if (name := name_of(link)) in self.addresses and name not in asked:
                self._to_open.setdefault(name, link)

    def _clients_of(self, name: str) -> list[Client]:
        right = self.addresses[name].right
        names = [account for role, account in ACCOUNTS.items() if right is None or role in right.roles]
        return [self._client(account) for account in filter(None, (self._whose.get(name), *names))]

    def _client(self, account: str) -> Client:
        from juxing.access.models import Account

        if account not in self._clients:
            client = self._clients[account] = Client()
            kept = Account.objects.get(sign_in_name=account.lower())
            client.force_login(kept, backend="django.contrib.auth.backends.ModelBackend")
        return self._clients[account]


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_forms_of_a_thing_answer_anything_in_words(
    room: str, books: Callable[..., Any], examples: dict[str, Example]
) -> None:
    with books():
        forms = Finder(ROOMS[room], examples).forms()
        for client, (target, fields, files) in forms.values():
            for filled in fillings(fields, files):
                with transaction.atomic():
                    judged(client.post(target, filled))
                    transaction.set_rollback(True)
