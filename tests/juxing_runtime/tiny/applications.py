"""A page and a stream, as small as they come."""

import asyncio
import os


def pages(environ, start_response):  # type: ignore[no-untyped-def]
    """Answer with the number of the worker's process."""
    start_response("200 OK", [("content-type", "text/plain")])
    return [str(os.getpid()).encode()]


async def stream(scope, receive, send):  # type: ignore[no-untyped-def]
    """Answer /healthz at once, everything else for ever."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    while scope["path"] != "/healthz":
        await send({"type": "http.response.body", "body": b"data: tick\n\n", "more_body": True})
        await asyncio.sleep(0.1)
    await send({"type": "http.response.body", "body": b"ok"})
