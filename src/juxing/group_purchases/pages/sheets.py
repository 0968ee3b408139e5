"""Orders as a spreadsheet, in and out, and totals for the supplier."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from juxing.access.export_pages import take_out
from juxing.group_purchases import commands, policy
from juxing.group_purchases.forms import SheetForm
from juxing.group_purchases.pages.shown import show, url
from juxing.group_purchases.queries.purchases import purchase_for, purchase_to_run
from juxing.kernel import clock
from juxing.kernel.import_report import ImportReport
from juxing.kernel.web import ActorRequest, carried_out, signed_in


@signed_in(policy.TAKE_PART)
def import_orders(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """
    Take a table of orders.

    No idempotency key: a key does not see the file, and sending the same table twice changes nothing.
    """
    found = purchase_to_run(request.actor, uuid)
    form = SheetForm(request.POST or None, request.FILES or None)

    def act(data: dict[str, Any]) -> ImportReport:
        file = data["file"]
        return commands.import_sheet(
            actor=request.actor, now=clock.now(), purchase=found, content=file.read(), filename=file.name
        )

    done = carried_out(request, form, act)
    context = {
        "form": form, "report": done.made if done else None, "retry_url": request.path,
        "cancel_url": url(found, "orders"),
        "packages": list(found.packages.order_by("code")),
        "file_name": form.cleaned_data["file"].name if done else "",
    }  # fmt: skip
    return show(request, found, "orders", context, template="import", status=422 if form.errors else 200)


@signed_in(policy.EXPORT)
def export_orders(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take the orders out by door, for a purpose."""
    found = purchase_to_run(request.actor, uuid)
    return take_out(request, "group_purchases.orders", arguments={"purchase": str(found.uuid)})


@signed_in(policy.ORGANISE)
def export_totals(request: ActorRequest, uuid: UUID) -> HttpResponse:
    """Take the totals out for the supplier."""
    found = purchase_for(request.actor, uuid)
    return take_out(request, "group_purchases.totals", arguments={"purchase": str(found.uuid)})
