"""The real `serve` with the recorder plugged in, in short timing: the process that is killed.

python -m tests.kill.serve_recorded --root DIR --database URL --recorder URL [--control NAME]
"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.logs import configure_logs
from adapters.settings import Settings, load_settings
from adapters.web.probe import listen
from app import App, Plug, Tools, serve
from bot.ports import Pacing
from bot.usecases.context import Timing
from tests.kill.controls import CONTROLS, spoil
from tests.recorder.platform import RecorderPlatform

COURSES = Path(__file__).resolve().parents[2] / "course_content"


@dataclass(frozen=True, slots=True)
class Pressure:
    """How fast, and how patient. `lease` is longer than a request and the settling time."""

    request: float = 1.0
    settle: float = 0.5
    lease: float = 2.5
    per_second: float = 50.0
    in_flight: int = 8

    @property
    def timing(self) -> Timing:
        return Timing(timedelta(seconds=self.request), timedelta(seconds=self.settle), timedelta(seconds=self.lease))

    @property
    def pacing(self) -> Pacing:
        return Pacing(self.per_second, 0.0, self.in_flight)


def settings_for(root: Path, database: str, log_level: str = "WARNING") -> Settings:
    """Settings of an installation in `root`, without a chat of its own, on any free port."""
    environ = {
        "DATABASE_URL": database,
        "COURSES_DIR": str(COURSES),
        "BROWSER_CHAT": "off",
        "PORT": "0",
        "LOG_LEVEL": log_level,
        "LOG_FORMAT": "json",
        "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    }
    return load_settings(root, environ)


async def run(settings: Settings, url: str, pressure: Pressure, control: str) -> None:
    async with RecorderPlatform(url, pressure.pacing, seconds=pressure.request * 2) as platform:

        def plug(tools: Tools) -> Plug:
            return Plug(platform)

        async def prepare(app: App) -> None:
            if control:
                spoil(control, app, platform)

        with listen(settings.host, settings.port) as listener:
            listening = settings.listening_on(listener.getsockname()[1])
            await serve(listening, listener, platforms=[plug], prepare=prepare, timing=pressure.timing)


def main() -> None:
    options = argparse.ArgumentParser(description="Serve with the recorder as the only platform.")
    options.add_argument("--root", type=Path, required=True)
    options.add_argument("--database", required=True)
    options.add_argument("--recorder", required=True)
    options.add_argument("--control", default="", choices=["", *CONTROLS])
    options.add_argument("--log-level", default="WARNING")
    for name in ("request", "settle", "lease", "per-second"):
        options.add_argument(f"--{name}", type=float, default=getattr(Pressure(), name.replace("-", "_")))
    options.add_argument("--in-flight", type=int, default=Pressure().in_flight)
    given = options.parse_args()
    settings = settings_for(given.root, given.database, given.log_level)
    configure_logs(settings.log_level, settings.log_format, colours=False)
    pressure = Pressure(given.request, given.settle, given.lease, given.per_second, given.in_flight)
    asyncio.run(run(settings, given.recorder, pressure, given.control))


if __name__ == "__main__":
    main()
