"""Choosing addresses that are free."""

from __future__ import annotations

import socket

from juxing_runtime.errors import StartupError

HOST = "127.0.0.1"
USUAL_PORT = 8000
TRIED_PORTS = 50


def choose_ports(wanted: int | None) -> tuple[int, int]:
    """Two free ports, for pages and for live updates, the second usually the next one.

    `wanted` is taken or refused; 0 means any; None means the usual one or the next free one after it.

    Raises:
        StartupError: the wanted port is in use, or none is free.
    """
    if wanted == 0:
        return _any_free(), _any_free()
    if wanted is not None:
        if not is_free(wanted):
            raise StartupError(f"Port {wanted} is in use; choose another one with --port.")
        return wanted, wanted + 1 if is_free(wanted + 1) else _any_free()
    for port in range(USUAL_PORT, USUAL_PORT + TRIED_PORTS, 2):
        if is_free(port) and is_free(port + 1):
            return port, port + 1
    raise StartupError(f"No free port from {USUAL_PORT} on; choose one with --port.")


def is_free(port: int) -> bool:
    """Whether nobody listens on `port`; asked without SO_REUSEPORT, with which Granian would share it."""
    if not 0 < port < 65536:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
