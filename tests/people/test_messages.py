"""Messages leave only once what caused them stands, through the configured sender."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from juxing.gateways.console import write_to_console
from juxing.people.codes import send_code
from juxing.people.messages import Message, senders, shows_codes_on_page


@pytest.mark.django_db
def test_a_code_is_sent_after_commit(
    now: datetime, django_capture_on_commit_callbacks: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        code = send_code(now=now, phone="12800000001", address="10.0.0.1")
        assert code not in capsys.readouterr().out

    assert code in capsys.readouterr().out


def test_the_console_masks_the_phone(capsys: pytest.CaptureFixture[str]) -> None:
    write_to_console(Message(phone="12800000001", text="hello", purpose="code"))

    written = capsys.readouterr().out
    assert "hello" in written
    assert "12800000001" not in written


def test_codes_are_shown_on_pages_only_in_the_demo_with_the_console(settings: Any) -> None:
    settings.IS_DEMO, settings.SMS_GATEWAY = True, "console"
    assert shows_codes_on_page()
    settings.IS_DEMO = False
    assert not shows_codes_on_page()
    settings.IS_DEMO, settings.SMS_GATEWAY = True, "carrier"
    assert not shows_codes_on_page()
    assert "console" in senders
