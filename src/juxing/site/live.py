"""
Live updates: one small asynchronous process that tells open pages which topics changed in their area.

It says only *that* something changed; the page then asks for what it may see. It polls the journal once a second
instead of listening for notifications, because NOTIFY makes every writing transaction queue for one lock
(docs/decisions/0005-live-updates.md).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "juxing.site.settings")
django.setup()

import psycopg  # noqa: E402 - settings first
from psycopg.conninfo import make_conninfo  # noqa: E402 - settings first

from juxing.site.live_token import areas_of  # noqa: E402 - settings first

logger = logging.getLogger(__name__)
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
POLL_S = 1.0
KEEP_ALIVE_S = 20.0
WAITING_AT_MOST = 50
CHANGES = """
    SELECT left(area_code, 9), split_part(action, '.', 1), count(*) FROM kernel_journalentry
    WHERE transaction_number >= %s AND transaction_number < %s GROUP BY 1, 2
"""
HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


@dataclass(eq=False, slots=True)
class Listener:
    """One open page: what it may hear of, and what waits to be sent to it."""

    areas: tuple[str, ...]
    topics: frozenset[str]
    waiting: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(WAITING_AT_MOST))

    def hears(self, street: str, topic: str) -> bool:
        """Whether a change of this topic in this street concerns the page."""
        near = any(street.startswith(area) or area.startswith(street) for area in self.areas)
        return near and (not self.topics or topic in self.topics)

    def offer(self, message: str) -> None:
        """Queue a message; a page that does not keep up misses some and hears of the next change."""
        if not self.waiting.full():
            self.waiting.put_nowait(message)


class Board:
    """All open pages, and the one task that follows the journal for them."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._following: asyncio.Task[None] | None = None

    def join(self, listener: Listener) -> None:
        """Add a page; the first one starts the following."""
        self.listeners.add(listener)
        if self._following is None or self._following.done():
            self._following = asyncio.create_task(self._follow())

    def tell(self, changes: Iterable[tuple[str, str, int]]) -> None:
        """Pass changes (street, topic, how many) on to the pages they concern, one message per topic."""
        found = list(changes)
        for listener in self.listeners:
            topics = {topic for street, topic, _count in found if listener.hears(street, topic)}
            for topic in sorted(topics):
                count = sum(number for street, name, number in found if name == topic and listener.hears(street, name))
                listener.offer(json.dumps({"topic": topic, "count": count}))

    async def _follow(self) -> None:
        while self.listeners:
            try:
                await self._follow_connection()
            except psycopg.Error:
                logger.exception("Live updates lost the database and will try again.")
                await asyncio.sleep(5)

    async def _follow_connection(self) -> None:
        async with await psycopg.AsyncConnection.connect(_conninfo(), autocommit=True) as connection:
            await connection.execute("SELECT set_config('juxing.scope', '{\"\"}', false)")
            seen = await _horizon(connection)
            while self.listeners:
                await asyncio.sleep(POLL_S)
                horizon = await _horizon(connection)
                if horizon > seen:
                    cursor = await connection.execute(CHANGES, [seen, horizon])
                    self.tell(await cursor.fetchall())
                    seen = horizon


board = Board()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer /healthz, and /live with a stream of server-sent events for a valid token."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/healthz":
        await _answer(send, 200, b"ok")
    elif scope["type"] == "http" and scope["path"] == "/live":
        await _stream(scope, receive, send)
    else:
        await _answer(send, 404, b"not found")


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    query = parse_qs(scope["query_string"].decode())
    areas = areas_of(query.get("token", [""])[0])
    if areas is None:
        await _answer(send, 401, b"token missing or expired")
        return
    topics = frozenset(filter(None, query.get("topics", [""])[0].split(",")))
    listener = Listener(areas=areas, topics=topics)
    board.join(listener)
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), *_same_house()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
        while not gone.done():
            await send({"type": "http.response.body", "body": await _next(listener), "more_body": True})
    finally:
        board.listeners.discard(listener)
        gone.cancel()


async def _next(listener: Listener) -> bytes:
    try:
        message = await asyncio.wait_for(listener.waiting.get(), KEEP_ALIVE_S)
    except TimeoutError:
        return b": still here\n\n"
    return f"data: {message}\n\n".encode()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_same_house()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _same_house() -> list[tuple[bytes, bytes]]:
    """Let pages of our own address read the stream; there are no cookies here, the token is the key."""
    web = os.environ.get("JUXING_WEB_URL", "")
    return [(b"access-control-allow-origin", web.encode())] if web else []


async def _horizon(connection: psycopg.AsyncConnection[Any]) -> int:
    row = await (await connection.execute(HORIZON)).fetchone()
    return int(row[0]) if row else 0


def _conninfo() -> str:
    database = settings.DATABASES["default"]
    return make_conninfo(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"], host=database["HOST"],
        port=database["PORT"],
    )  # fmt: skip
