"""The real `serve` with the Teams adapter against a local Teams, in short timing: the process that is killed.

python -m tests.kill.serve_teams --root DIR --database URL --teams BASE --settings JSON
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from adapters.logs import configure_logs
from adapters.settings import Settings
from adapters.settings.teams import TeamsSettings
from adapters.web.probe import listen
from app import serve, teams_plug
from tests.kill.serve_recorded import Pressure, settings_for


def teams_settings(said: Mapping[str, str]) -> TeamsSettings:
    """What the local Teams says of itself, as an operator would have set it."""
    return TeamsSettings(
        app_id=said["MICROSOFT_APP_ID"],
        app_password=said["MICROSOFT_APP_PASSWORD"],
        tenants=frozenset(said["TEAMS_TENANTS"].split(",")),
        graph_url=said["GRAPH_API_URL"],
        login_url=said["MICROSOFT_LOGIN_URL"],
        openid_url=said["TEAMS_OPENID_URL"],
        service_hosts=(said["TEAMS_SERVICE_HOSTS"],),
    )


def connect(base: str, port: int) -> None:
    """Tell the local Teams where this life takes activities."""
    told = json.dumps({"url": f"http://127.0.0.1:{port}/api/messages"}).encode()
    with urlopen(Request(f"{base}/_local/connect", told), timeout=10):  # noqa: S310 (our own)
        pass


async def run(settings: Settings, base: str, pressure: Pressure) -> None:
    with listen(settings.host, settings.port) as listener:
        port = listener.getsockname()[1]
        await asyncio.to_thread(connect, base, port)
        await serve(settings.listening_on(port), listener, platforms=[teams_plug], timing=pressure.timing)


def main() -> None:
    options = argparse.ArgumentParser(description="Serve with Teams as the only platform.")
    options.add_argument("--root", type=Path, required=True)
    options.add_argument("--database", required=True)
    options.add_argument("--teams", required=True)
    options.add_argument("--settings", type=json.loads, required=True)
    for name in ("request", "settle", "lease", "per-second"):
        options.add_argument(f"--{name}", type=float, default=getattr(Pressure(), name.replace("-", "_")))
    options.add_argument("--in-flight", type=int, default=Pressure().in_flight)
    given: Any = options.parse_args()
    settings = replace(settings_for(given.root, given.database), teams=teams_settings(given.settings))
    configure_logs(settings.log_level, settings.log_format, colours=False)
    pressure = Pressure(given.request, given.settle, given.lease, given.per_second, given.in_flight)
    asyncio.run(run(settings, given.teams, pressure))


if __name__ == "__main__":
    main()
