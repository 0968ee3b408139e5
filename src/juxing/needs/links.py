"""Links with which a household follows its need without an account."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from juxing.people import links

ROOM = "needs"
LINK_DAYS = 30
LINK_LASTS = timedelta(days=LINK_DAYS)
new_link = partial(links.new_link, ROOM)
link_digest = partial(links.link_digest, room=ROOM)
