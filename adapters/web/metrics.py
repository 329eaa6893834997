"""Figures for Prometheus, in a registry of our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from adapters.web.health import Health

TICK_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
PRESS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10)


class Metrics:
    """What an operator watches; the table in docs/operating.md explains each figure."""

    def __init__(self) -> None:
        # Moments of creation double the number of lines, and nobody asks for them.
        disable_created_metrics()  # type: ignore[no-untyped-call] # untyped in prometheus_client
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._deliveries = self._gauge("chatcourse_deliveries", "Deliveries by state.", "state")
        self._lag = self._gauge("chatcourse_lane_lag_seconds", "Age of the oldest due delivery per lane.", "lane")
        self._doubt = self._gauge("chatcourse_deliveries_in_doubt", "Deliveries that may or may not be posted.")
        self._database = self._gauge("chatcourse_database_up", "1 while the database answers.")
        self._heartbeat = self._gauge("chatcourse_heartbeat_age_seconds", "Time since the last good heartbeat.")
        self._courses = self._gauge("chatcourse_courses_broken", "Courses on the disk that have errors.")
        self._ticks = Histogram(
            "chatcourse_tick_seconds",
            "How long heartbeats took.",
            buckets=TICK_BUCKETS,
            registry=self.registry,
        )
        self._tick_failures = Counter(
            "chatcourse_tick_failures", "Heartbeats that ended with an error.", registry=self.registry
        )
        self._presses = Histogram(
            "chatcourse_press_seconds",
            "How long it took to answer what people did.",
            ("platform",),
            buckets=PRESS_BUCKETS,
            registry=self.registry,
        )
        self._errors = Counter(
            "chatcourse_request_errors", "Requests that ended with an error of ours.", registry=self.registry
        )

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(name, words, labels, registry=self.registry)

    def observe_tick(self, seconds: float, *, failed: bool) -> None:
        self._ticks.observe(seconds)
        if failed:
            self._tick_failures.inc()

    def observe_press(self, platform: str, seconds: float) -> None:
        self._presses.labels(platform).observe(seconds)

    def count_error(self) -> None:
        self._errors.inc()

    def show(self, health: Health) -> bytes:
        """All figures as text, with those of `health` brought up to date."""
        self._database.set(health.database is not None)
        self._heartbeat.set(health.heartbeat_age)
        self._courses.set(health.broken_courses)
        figures: Mapping[str, Any] = health.database or {}
        for gauge, by in ((self._deliveries, figures.get("deliveries")), (self._lag, figures.get("lag_seconds"))):
            gauge.clear()
            for label, value in (by or {}).items():
                gauge.labels(str(label)).set(value)
        self._doubt.set(figures.get("rows_in_doubt", 0))
        return generate_latest(self.registry)


def metrics_route(metrics: Metrics, health: Callable[[], Awaitable[Health]]) -> web.RouteDef:
    async def show(_request: web.Request) -> web.Response:
        return web.Response(
            body=metrics.show(await health()),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )

    return web.get("/metrics", show)


def time_presses(metrics: Metrics, platforms: Mapping[str, str], now: Callable[[], float]) -> Middleware:
    """A middleware: how long POST requests took, per platform. `platforms` maps the beginning of a path to a name."""

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        platform = None
        if request.method == "POST":
            platform = next((name for start, name in platforms.items() if request.path.startswith(start)), None)
        begun = now()
        response = await handler(request)
        if platform is not None:
            metrics.observe_press(platform, now() - begun)
        if response.status >= 500:
            metrics.count_error()
        return response

    return measure
