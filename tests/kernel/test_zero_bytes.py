"""Zero bytes never reach a page."""

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from juxing.kernel.zero_bytes import without_zero_bytes


def seen(request: HttpRequest) -> HttpRequest:
    without_zero_bytes(lambda _request: HttpResponse())(request)
    return request


def test_zero_bytes_are_dropped_from_questions_and_forms_and_the_rest_is_kept() -> None:
    asked = seen(RequestFactory().get("/?q=a%00b&q=c&other=d"))
    sent = seen(RequestFactory().post("/", {"name": ["王\x00芳", "李"], "x\x00y": "1"}))

    assert (asked.GET.getlist("q"), asked.GET["other"]) == (["ab", "c"], "d")
    assert (sent.POST.getlist("name"), sent.POST["xy"]) == (["王芳", "李"], "1")


def test_what_is_no_form_is_not_touched() -> None:
    sent = seen(RequestFactory().post("/", b'{"a": "\\u0000"}', content_type="application/json"))

    assert sent.body == b'{"a": "\\u0000"}'
