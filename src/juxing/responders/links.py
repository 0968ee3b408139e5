"""Links by which someone without an account opens the own report-in."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from juxing.people import links

ROOM = "responders"
LINK_LASTS = timedelta(days=90)
new_link = partial(links.new_link, ROOM)
link_digest = partial(links.link_digest, room=ROOM)
