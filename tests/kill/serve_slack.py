"""The real `serve` with the Slack adapter against a local Slack, in short timing: the process that is killed.

python -m tests.kill.serve_slack --root DIR --database URL --api URL --token TOKEN [--distributed] [--hurry 60]
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from adapters.catalogues import read_catalogues
from adapters.logs import configure_logs
from adapters.settings import Settings
from adapters.slack import errors, pacing, platform
from adapters.slack.clients import Clients, new_session
from adapters.slack.installations import FixedInstallation
from adapters.slack.platform import Pace, SlackPlatform
from adapters.web.probe import listen
from app import Plug, Tools, serve
from tests.kill.serve_recorded import Pressure, settings_for


async def run(settings: Settings, given: argparse.Namespace, pressure: Pressure) -> None:
    pacing.WINDOW /= given.hurry
    pacing.LONGEST_PROMISE /= given.hurry
    platform.SECOND_LOOK_SECONDS /= given.hurry
    asked = errors._retry_after
    errors._retry_after = lambda error: asked(error) / given.hurry
    session = new_session()
    installations = FixedInstallation(given.token, session, given.api, distributed=given.distributed)
    clients = Clients(installations, session, given.api)

    def plug(tools: Tools) -> Plug:
        pace = Pace(posts_per_minute=int(pressure.per_second * 60))
        return Plug(SlackPlatform(clients, read_catalogues(), tools.clock, pace), closed=session.close)

    with listen(settings.host, settings.port) as listener:
        listening = settings.listening_on(listener.getsockname()[1])
        await serve(listening, listener, platforms=[plug], timing=pressure.timing)


def main() -> None:
    options = argparse.ArgumentParser(description="Serve with Slack as the only platform.")
    options.add_argument("--root", type=Path, required=True)
    options.add_argument("--database", required=True)
    options.add_argument("--api", required=True)
    options.add_argument("--token", required=True)
    options.add_argument("--distributed", action="store_true")
    options.add_argument("--hurry", type=float, default=1.0)
    for name in ("request", "settle", "lease", "per-second"):
        options.add_argument(f"--{name}", type=float, default=getattr(Pressure(), name.replace("-", "_")))
    options.add_argument("--in-flight", type=int, default=Pressure().in_flight)
    given = options.parse_args()
    settings = settings_for(given.root, given.database)
    configure_logs(settings.log_level, settings.log_format, colours=False)
    pressure = Pressure(given.request, given.settle, given.lease, given.per_second, given.in_flight)
    asyncio.run(run(settings, given, pressure))


if __name__ == "__main__":
    main()
