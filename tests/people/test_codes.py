"""One-time codes: digests, five tries, ten minutes, few per hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from juxing.kernel.idempotency import KEPT_FOR, forget_keys, reserve
from juxing.kernel.refusals import InvalidInput
from juxing.people.codes import CodeCheck, TooManyCodes, check_code, forget_codes, send_code
from juxing.people.models import VerificationCode

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)
PHONE = "12800000001"


def _send(now: datetime = NOW, *, phone: str = PHONE) -> str:
    return send_code(now=now, phone=phone, address="10.0.0.1")


def test_a_right_code_counts_once() -> None:
    code = _send()

    assert check_code(now=NOW, phone=PHONE, code=code) is CodeCheck.RIGHT
    assert check_code(now=NOW, phone=PHONE, code=code) is CodeCheck.OVER


def test_nothing_but_digests_is_kept() -> None:
    code = _send()

    kept = VerificationCode.objects.values_list("phone_index", "digest", "asked_from").get()
    assert not any(secret in text for text in kept for secret in (PHONE, code, "10.0.0.1"))


def test_five_wrong_tries_end_a_code() -> None:
    code = _send()
    wrong = "000000" if code != "000000" else "111111"

    answers = [check_code(now=NOW, phone=PHONE, code=wrong) for _try in range(5)]

    assert answers == [CodeCheck.WRONG] * 4 + [CodeCheck.OVER]
    assert check_code(now=NOW, phone=PHONE, code=code) is CodeCheck.OVER


def test_a_code_ends_after_ten_minutes_and_with_the_next() -> None:
    first = _send()
    assert check_code(now=NOW + timedelta(minutes=10), phone=PHONE, code=first) is CodeCheck.OVER

    later = NOW + timedelta(minutes=2)
    second = _send(later)
    if first != second:
        assert check_code(now=later, phone=PHONE, code=first) is CodeCheck.WRONG
    assert check_code(now=later, phone="12800000002", code=second) is CodeCheck.OVER


def test_codes_are_few() -> None:
    for at in range(5):
        _send(NOW + timedelta(minutes=2 * at))
    with pytest.raises(TooManyCodes):
        _send(NOW + timedelta(minutes=20))
    _send(NOW, phone="12800000003")
    with pytest.raises(TooManyCodes):
        _send(NOW + timedelta(seconds=59), phone="12800000003")
    assert forget_codes(now=NOW + timedelta(days=2)) == 6


@pytest.mark.parametrize("phone", ["", "0217000000", "abc", "1280000000", "'; DROP TABLE"])
def test_only_mobile_numbers_get_codes(phone: str) -> None:
    with pytest.raises(InvalidInput):
        _send(phone=phone)


def test_answers_to_messages_sent_twice_are_kept_for_a_week() -> None:
    kept = reserve("key", sender="phone", fingerprint="print")
    kept.refresh_from_db()

    assert forget_keys(now=kept.created_at + KEPT_FOR) == 0
    assert forget_keys(now=kept.created_at + KEPT_FOR + timedelta(seconds=1)) == 1
