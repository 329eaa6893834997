"""Puts the application together from parts that know nothing of each other."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from adapters.web.errors import friendly_errors, route_of
from adapters.web.headers import security_headers
from adapters.web.health import Health, health_routes
from adapters.web.landing import landing_routes
from adapters.web.legal import legal_routes
from adapters.web.media import FindMedia, FindTranscript, media_routes
from adapters.web.metrics import Metrics, metrics_route, time_presses

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a request: a list of 10,000 people fits, a film does not."""

SLOW_REQUEST = 1.0
"""Seconds from which a request is worth a line in the log."""

log = structlog.get_logger(__name__)


def make_app(
    *,
    routes: Iterable[web.AbstractRouteDef],
    readiness: Callable[[], Awaitable[Health]],
    metrics: Metrics,
    find_media: FindMedia,
    find_transcript: FindTranscript,
    https: bool,
    chat_path: str | None = None,
    press_paths: Mapping[str, str] | None = None,
) -> web.Application:
    """The whole web side. `routes` come from the platforms; `press_paths` says which paths belong to which of them."""
    app = web.Application(
        middlewares=[time_presses(metrics, press_paths or {}, time.perf_counter), friendly_errors],
        client_max_size=LARGEST_BODY,
    )
    app.on_response_prepare.append(security_headers(https=https))
    app.add_routes(health_routes(readiness))
    app.add_routes([metrics_route(metrics, readiness)])
    app.add_routes(landing_routes(chat_path=chat_path))
    app.add_routes(legal_routes())
    app.add_routes(media_routes(find_media, find_transcript))
    app.add_routes(routes)
    return app


@asynccontextmanager
async def serving(app: web.Application, listener: socket.socket) -> AsyncIterator[web.BaseSite]:
    """Answer requests on an open socket. `stop()` what is yielded to let nobody new in; the block's end closes all."""
    runner = web.AppRunner(app, access_log_class=AccessLog, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.SockSite(runner, listener)
        await site.start()
        yield site
    finally:
        await runner.cleanup()


class AccessLog(AbstractAccessLogger):
    """One event per request: what kind, how it ended, how long it took. No address, no path, no query string.

    A request that went well is news for `debug` only.
    """

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        noteworthy = response.status >= 500 or (time > SLOW_REQUEST and not _streams(response))
        note = log.info if noteworthy else log.debug
        note(
            "request",
            method=request.method,
            route=route_of(request),
            status=response.status,
            ms=round(time * 1000, 1),
        )


def _streams(response: web.StreamResponse) -> bool:
    """Files and event streams take as long as the other side likes."""
    return not isinstance(response, web.Response)
