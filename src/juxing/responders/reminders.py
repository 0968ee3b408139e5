"""
What of this room waits for whom, and reminders to the phones of those who serve.

Credentials and clearances that run out wait for the person, and counted for the desk that renews them; papers handed
in wait for the desk that looks at them. People without an account are told by message, as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.access.reminding import Waiting, carriers, declare_reminder, declare_source
from juxing.kernel.refusals import Words
from juxing.organisations.desks import counted_at_desks
from juxing.people.messages import Message, send_after_commit
from juxing.responders.enums import SERVING
from juxing.responders.gate_enums import ClearanceKind
from juxing.responders.gates import Missing
from juxing.responders.models import Clearance, Credential, Responder
from juxing.responders.talent_enums import CredentialStatus

CREDENTIAL_ENDS, CLEARANCE_ENDS = timedelta(days=30), timedelta(days=14)
COMMUNITY = 12
_Address = Callable[[UUID, Mapping[str, str]], str]
SHOWN_AGAIN = frozenset({ClearanceKind.TRAINING, ClearanceKind.INSURANCE, ClearanceKind.BRIEFING,
                         ClearanceKind.EQUIPMENT, ClearanceKind.FITNESS})  # fmt: skip


def _list(name: str, **chosen: str) -> _Address:
    return lambda _uuid, facts: f"{reverse(name)}?{urlencode({'area': facts['area'], **chosen})}"


CREDENTIAL = declare_reminder(
    "responders.credential_ends", _("Your “%(title)s” runs out on %(until)s. Hand in the new one to be asked on."),
    icon="certificate", address=lambda _uuid, _facts: reverse("responders:own_talents"),
)  # fmt: skip
CLEARANCE = declare_reminder(
    "responders.clearance_ends", _("%(what)s is valid until %(until)s. Renew it before you are asked for such a task."),
    icon="shield-check", address=lambda _uuid, _facts: reverse("responders:lessons"),
)  # fmt: skip
CLEARANCES = declare_reminder(
    "responders.clearances_end", _("%(place)s: for %(count)s people something shown before tasks runs out soon."),
    icon="shield-check", address=_list("responders:clearances_many"),
)  # fmt: skip
PAPERS = declare_reminder(
    "responders.papers_wait", _("%(place)s: %(count)s papers of the talent pool wait to be looked at."),
    icon="certificate", address=_list("responders:talents", status=CredentialStatus.SUBMITTED.value),
)  # fmt: skip


def _papers(now: datetime, within: str) -> Iterator[Waiting]:
    """Return credentials that run out within thirty days, and how many papers wait at each desk."""
    today = localdate(now)
    rows = Credential.objects.within(within).filter(responder__status__in=sorted(SERVING))
    ending = rows.filter(
        status=CredentialStatus.VERIFIED, valid_until__gte=today, valid_until__lte=today + CREDENTIAL_ENDS,
        responder__account__isnull=False,
    )  # fmt: skip
    for row in ending.select_related("responder"):
        facts = {"title": row.title, "until": f"{row.valid_until}"}
        yield Waiting(CREDENTIAL, row.responder.account_id or 0, row.area_code, "responders.credential", row.uuid,
                      facts=facts)  # fmt: skip
    waiting = rows.filter(status=CredentialStatus.SUBMITTED).values_list(Left("area_code", COMMUNITY))
    yield from counted_at_desks(PAPERS, dict(waiting.annotate(count=Count("id")).order_by()), now=now)


def _clearances(now: datetime, within: str) -> Iterator[Waiting]:
    """Return clearances that run out within a fortnight: for the person, and counted for the desk."""
    today = localdate(now)
    rows = Clearance.objects.within(within).filter(
        valid_until__gte=today, valid_until__lte=today + CLEARANCE_ENDS, kind__in=sorted(SHOWN_AGAIN),
        responder__status__in=sorted(SERVING),
    )  # fmt: skip
    for row in rows.filter(responder__account__isnull=False).select_related("responder"):
        facts = {"what": Missing(row.kind, row.code).label, "until": f"{row.valid_until}"}
        yield Waiting(CLEARANCE, row.responder.account_id or 0, row.area_code, "responders.responder",
                      row.responder.uuid, str(row.pk), facts=facts)  # fmt: skip
    people = rows.values_list(Left("area_code", COMMUNITY)).annotate(count=Count("responder", distinct=True))
    yield from counted_at_desks(CLEARANCES, dict(people.order_by()), now=now)


def _carry(told: Sequence[tuple[int, Words]]) -> None:
    """Send reminders to the phones of those who have one here."""
    phones = Responder.objects.filter(account_id__in={account for account, _words in told}).exclude(phone_index="")
    known = {row.account_id: row.phone for row in phones}
    for account, words in told:
        if account in known:
            send_after_commit(Message(known[account], str(words), purpose="reminder"))


declare_source("responders.papers", _papers)
declare_source("responders.clearances", _clearances)
carriers.add("responders.phones", _carry)
