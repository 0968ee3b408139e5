"""Making public what was given and where it went (捐赠公示)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.enums import DonationStatus
from juxing.supplies.lifecycle import DONATION
from juxing.supplies.models import Donation, DonationDisclosure
from juxing.supplies.queries.donations import public_donor, to_publish, trace_lines

PUBLISHED = journal.declare_action("supplies.donation.publish", gettext_lazy("Table of donations published"))


@transaction.atomic
def publish_donations(*, actor: Actor, now: datetime, area_code: str) -> DonationDisclosure:
    """
    Publish the table of what came in at a place and where it went; donations given out in full are reported with it.

    Raises:
        NotPermitted: if the actor may not publish here.
        Refusal: if nothing came in that is not reported to its end.
    """
    actor.require(policy.PUBLISH, area_code)
    donations = [one for one in to_publish(actor=actor) if one.area_code.startswith(area_code)]
    if not donations:
        raise Refusal("nothing_to_publish", gettext_lazy("Nothing was received that has not been reported already."))
    with acting(LEDGER):
        rows = [row for donation in donations for row in rows_of(donation)]
    table = DonationDisclosure.objects.create(
        area_code=area_code, published_at=now, published_by_name=actor.name, rows=rows
    )
    table.refresh_from_db()
    Donation.objects.filter(pk__in=[one.pk for one in donations], disclosure=None).update(disclosure=table)
    done = [one.pk for one in donations if one.status == DonationStatus.DELIVERED]
    DONATION.move_many(done, "report", actor=actor, now=now)
    journal.record(PUBLISHED, actor=actor, subject=table, happened_at=now, changes={"donations": len(donations)})
    return table


def rows_of(donation: Donation) -> list[dict[str, Any]]:
    """Return one donation's rows of the table: words and figures, no person but a donor who agreed."""
    donor = public_donor(donation) or _("A donor who wishes not to be named")
    return [
        {
            "number": donation.number, "donor": donor, "received_on": localdate(donation.received_at).isoformat(),
            "item": line.item.name_zh, "item_en": line.item.name_en, "unit": line.item.unit,
            "received": str(line.received), "refused": str(line.refused), "in_stock": str(line.in_stock + line.waiting),
            "under_way": str(line.under_way), "handed_out": str(line.handed_out), "lost": str(line.lost),
            "use": donation.intended_use,
        }
        for line in trace_lines(donation)
        if line.received and donation.received_at
    ]  # fmt: skip
