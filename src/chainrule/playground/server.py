"""The local page: static files and one WebSocket on the loopback interface.

The rules that keep it private: it listens on 127.0.0.1 only; `guard` refuses foreign Host and
Origin headers; nothing changes by plain HTTP; the first message of a socket must hold the token
that only the printed address knows; the page may talk to nobody but this server.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from chainrule.playground.guard import Guard, security_headers
from chainrule.playground.pages import FILES, explanation_style, page_file
from chainrule.playground.plain import plain
from chainrule.playground.session import Session

MAX_MESSAGE = 5 << 20
MAX_SOCKETS = 32
IDLE_SECONDS = 30 * 60
HELLO_SECONDS = 10.0


class Server:
    """One playground on a port of its own.

    Parameters
    ----------
    new_session : callable
        Makes the session of a page.
    port : int, default 0
        0 takes a free one.

    Attributes
    ----------
    port : int
    token : str
        What a page must know.
    """

    def __init__(self, new_session: Callable[[], Session] = Session, port: int = 0) -> None:
        self._new_session = new_session
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen()  # a browser that is faster than `run` waits, and is not refused
        self.port: int = self._socket.getsockname()[1]
        self.token = secrets.token_urlsafe(16)
        self._open = 0
        self._last = time.monotonic()
        routes = [Route(path, self._file, methods=["GET"]) for path in FILES]
        style = Route("/explanation.css", self._style, methods=["GET"])
        app = Starlette(routes=[*routes, style, WebSocketRoute("/session", self._talk)])
        self._server = uvicorn.Server(
            uvicorn.Config(
                Guard(app, self.port),
                log_level="error",
                access_log=False,
                server_header=False,
                date_header=False,
                ws_max_size=MAX_MESSAGE,
                ws="websockets-sansio",
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )

    @property
    def address(self) -> str:
        """Where the page is; the token stands behind # and is never sent by HTTP."""
        return f"http://127.0.0.1:{self.port}/#t={self.token}"

    def run(self) -> None:
        """Serve until Ctrl-C, or until nobody has asked anything for half an hour."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.should_exit = True

    async def _serve(self) -> None:
        watching = asyncio.create_task(self._watch())
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            watching.cancel()
            self._socket.close()

    async def _watch(self) -> None:
        while time.monotonic() - self._last < IDLE_SECONDS:
            await asyncio.sleep(1.0)
        self.stop()

    async def _file(self, request: Request) -> Response:
        name, kind = FILES[request.url.path]
        return Response(page_file(name), media_type=kind, headers=security_headers(self.port))

    async def _style(self, request: Request) -> Response:
        headers = security_headers(self.port)
        return Response(explanation_style(), media_type="text/css", headers=headers)

    async def _talk(self, page: WebSocket) -> None:
        if self._open >= MAX_SOCKETS:
            await page.close(1013)
            return
        self._open += 1
        try:
            await page.accept()
            first = await asyncio.wait_for(_message(page), HELLO_SECONDS)
            given = first.pop("token", None) if isinstance(first, dict) else None
            if not isinstance(given, str) or not hmac.compare_digest(
                given.encode(), self.token.encode()
            ):
                await page.close(1008)
                return
            await self._answer_all(page, first)
        except (WebSocketDisconnect, TimeoutError):
            return
        finally:
            self._open -= 1

    async def _answer_all(self, page: WebSocket, message: Any) -> None:
        """One message after the other; the session works in a thread, so that others are heard."""
        session = self._new_session()
        while True:
            self._last = time.monotonic()
            answer, buffers = await asyncio.to_thread(session.handle, message)
            await page.send_bytes(packed(answer, buffers))
            message = await _message(page)


async def _message(page: WebSocket) -> Any:
    """The next message; what is no JSON text is one without a type."""
    received = await page.receive()
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1000))
    try:
        return json.loads(received.get("text") or "")
    except (ValueError, RecursionError):
        return None


def packed(answer: dict[str, Any], buffers: list[bytes]) -> bytes:
    """u32 length of the header | header as JSON | arrays, each from a multiple of 8 bytes on."""
    header = json.dumps(plain(answer), separators=(",", ":"), allow_nan=False).encode()
    parts = [struct.pack("<I", len(header)), header]
    size = 4 + len(header)
    for buffer in buffers:
        padding = -size % 8
        parts += [bytes(padding), buffer]
        size += padding + len(buffer)
    return b"".join(parts)
