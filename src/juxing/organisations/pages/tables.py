"""Tables of posts, pledges and coverage: out as a workbook, in through a job with a report row by row."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from juxing.access.export_pages import take_out
from juxing.kernel import clock
from juxing.kernel.idempotency import idempotent
from juxing.kernel.models import Job
from juxing.kernel.refusals import NotVisible, Refusal
from juxing.kernel.web import ActorRequest, new_form_key, show_refusal, signed_in
from juxing.organisations import jobs, policy, tables
from juxing.organisations.forms import OrganisationFileForm

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@idempotent
@signed_in(policy.IMPORT)
def import_table(request: ActorRequest, name: str) -> HttpResponse:
    """Take a table in and start its import."""
    titles = _titles()
    if name not in titles:
        raise NotVisible
    form = OrganisationFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            rows = tables.read_rows(name, sent.read(), sent.name)
            job = jobs.start_table(actor=request.actor, now=clock.now(), name=name, rows=rows)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("organisations:table_job", job.uuid)
    empty = reverse("organisations:table_template", args=[name])
    context = {
        "page_title": titles[name], "form": form, **new_form_key(),
        "page_subtitle": _("Good rows in, bad rows named by line. Sending it again doubles nothing."),
        "page_actions": [{"label": _("Empty table"), "url": empty, "icon": "download", "download": True}],
        "cancel_url": reverse(_list_of(name)),
    }  # fmt: skip
    return render(request, "organisations/import.html", context, status=422 if form.errors else 200)


@signed_in(policy.IMPORT)
def table_template(_request: ActorRequest, name: str) -> HttpResponse:
    """Give the table to fill in."""
    if name not in tables.names():
        raise NotVisible
    return _file(tables.workbook(name), name)


@signed_in(policy.EXPORT)
def export_table(request: ActorRequest, name: str) -> HttpResponse:
    """Ask what the list is for, and give it as a table."""
    if name not in tables.names():
        raise NotVisible
    return take_out(request, f"organisations.{name}")


@signed_in(policy.IMPORT)
@never_cache
def table_job(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Show how far an import is, and its report at the end."""
    mine = Job.objects.inside(request.actor.areas_with(policy.IMPORT)).filter(kind=jobs.run_table.code)
    job = get_object_or_404(mine, uuid=uuid)
    name = str(job.arguments.get("name", "posts"))
    context = {
        "job": job, "url": request.path, "title": _titles()[name], "report": job.result, "page_title": _titles()[name],
        "is_done": job.status == "done", "result_url": request.path,
        "retry_url": reverse("organisations:import_table", args=[name]),
    }  # fmt: skip
    is_asked_again = request.headers.get("HX-Request") == "true"
    template = "components/progress.html" if is_asked_again else "organisations/import_job.html"
    return render(request, template, context)


def _titles() -> dict[str, str]:
    return {
        "posts": _("Import posts and holders"), "pledges": _("Import pledges"),
        "coverage": _("Import who answers for what"),
    }  # fmt: skip


def _list_of(name: str) -> str:
    return f"organisations:{'board' if name == 'posts' else name}"


def _file(content: bytes, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}.xlsx"'
    return HttpResponse(content, content_type=EXCEL, headers={"Content-Disposition": disposition})
