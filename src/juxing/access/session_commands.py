"""Where an account is signed in: begun, seen, ended here or from elsewhere."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from juxing.access.account_journal import record_about
from juxing.access.models import Account, SignInSession
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible

KEPT_FOR = timedelta(days=30)
BEGUN = journal.declare_action("access.session.begin", _("Signed in"))
ENDED = journal.declare_action("access.session.end", _("Signed out from elsewhere"))
BROWSERS = ("Edg/", "Firefox/", "MicroMessenger/", "Chrome/", "Safari/")
BROWSER_NAMES = {"Edg/": "Edge", "MicroMessenger/": "WeChat"}
SYSTEMS = re.compile(r"Windows|Android|iPhone|iPad|Mac OS X|HarmonyOS|Linux")


@transaction.atomic
def begin_session(
    *, actor: Actor, now: datetime, account: Account, session_key: str, method: str, user_agent: str, address: str
) -> SignInSession:
    """Note that the account signed in, by what, and from what kind of device."""
    begun = SignInSession.objects.create(
        account=account, session_key=session_key, method=method, device=device_in_words(user_agent),
        network=network_of(address), began_at=now, seen_at=now,
    )  # fmt: skip
    record_about(BEGUN, account, actor=actor, now=now, changes={"method": method})
    return begun


def note_seen(*, now: datetime, session_key: str) -> None:
    """Note that a session is still in use."""
    SignInSession.objects.filter(session_key=session_key).update(seen_at=now)


def follow_key(*, old: str, new: str) -> None:
    """Go on with a session whose key was renewed."""
    SignInSession.objects.filter(session_key=old).update(session_key=new)


@transaction.atomic
def end_session(*, actor: Actor, now: datetime, session: SignInSession) -> None:
    """
    Sign one of the own sessions out, wherever it is; one that is over changes nothing.

    Raises:
        NotVisible: for somebody else's.
    """
    if actor.account_id != session.account_id:
        raise NotVisible
    if _end(SignInSession.objects.filter(pk=session.pk), now=now):
        record_about(ENDED, session.account, actor=actor, now=now)


@transaction.atomic
def end_sessions(account: Account, *, now: datetime, keep: str = "") -> int:
    """End every session of the account but one, for commands that take trust away; return how many."""
    return _end(SignInSession.objects.filter(account=account).exclude(session_key=keep), now=now)


@transaction.atomic
def sign_out_elsewhere(*, actor: Actor, now: datetime, account: Account, keep: str) -> int:
    """Let a person end all own sessions but this one; return how many."""
    if actor.account_id != account.pk:
        raise NotVisible
    ended = end_sessions(account, now=now, keep=keep)
    if ended:
        record_about(ENDED, account, actor=actor, now=now, changes={"sessions": ended})
    return ended


def note_signed_out(*, now: datetime, session_key: str) -> None:
    """Note that a session ended where it was."""
    SignInSession.objects.filter(session_key=session_key, ended_at__isnull=True).update(ended_at=now)


def forget_sessions(*, now: datetime) -> int:
    """Delete what is known of sessions a month after they were last seen; return how many."""
    return SignInSession.objects.filter(seen_at__lt=now - KEPT_FOR).delete()[0]


def device_in_words(user_agent: str) -> str:
    """Return browser and system as a person would name them; "" for what is neither."""
    mark = next((mark for mark in BROWSERS if mark in user_agent), "")
    system = SYSTEMS.search(user_agent)
    parts = [BROWSER_NAMES.get(mark, mark.rstrip("/")), system.group().replace("Mac OS X", "macOS") if system else ""]
    return " · ".join(filter(None, parts))[:60]


def network_of(address: str) -> str:
    """Return the network an address lies in, not the address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{parsed}/{16 if parsed.version == 4 else 32}", strict=False))


def _end(rows: QuerySet[SignInSession], *, now: datetime) -> int:
    open_rows = list(rows.select_for_update().filter(ended_at__isnull=True))
    for row in open_rows:
        SessionStore(row.session_key).delete()
    SignInSession.objects.filter(pk__in=[row.pk for row in open_rows]).update(ended_at=now)
    return len(open_rows)
