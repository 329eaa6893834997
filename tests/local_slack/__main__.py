"""The local Slack as its own process, steered over HTTP: `python -m tests.local_slack --port 4010 --app URL`.

Prints one line of JSON when it is ready: where its API is, the bot token, the people. `/_local/` takes orders:
`GET ledger`, `GET deliveries`, `GET failures`, `GET counts`, `POST faults`, `POST limits`, `POST act`, `POST connect`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from .app import App, app_from_manifest
from .clock import Clock
from .events import Delivery
from .faults import Fault
from .local import LocalSlack
from .people import Person

PEOPLE = (
    ("Amélie Tremblay", {"tz": "America/Toronto", "locale": "fr-CA"}),
    ("Ben Carter", {"tz": "America/Vancouver", "locale": "en-US"}),
    ("Nadia Khan", {"tz": "America/Toronto", "locale": "en-CA", "is_admin": True, "is_owner": True}),
)


def told(delivery: Delivery | None) -> Any:
    if delivery is None:
        return None
    shown = asdict(replace(delivery, headers={}))
    return shown | {"ok": delivery.ok}


async def act(slack: LocalSlack, order: dict[str, Any]) -> Any:
    """`{"who": "Ben Carter", "do": "slash", "with": ["/course", "next"]}`; presses take the newest message."""
    workspace = slack.workspace(order.get("workspace", "Acme"))
    person = workspace.user(order["who"])
    wanted, words = order["do"], order.get("with", [])
    if wanted == "messages":
        return [{"ts": each.ts, "text": each.text, "texts": each.texts()} for each in person.messages()]
    if wanted == "press":
        return told(await person.press(_message(person, order.get("ts")), words[0]))
    if wanted in {"slash", "dm", "opens_home", "closes"}:
        return told(await getattr(person, wanted)(*words))
    if wanted == "submit":
        return told(await person.submit(None, words[0]))
    raise web.HTTPBadRequest(text=f"cannot {wanted}")


def _message(person: Person, ts: str | None) -> Any:
    if ts is None:
        return person.last()
    return next(each for each in person.messages() if each.ts == ts)


def routes(slack: LocalSlack) -> list[web.RouteDef]:
    async def look(request: web.Request) -> web.Response:
        what = request.match_info["what"]
        found: Any
        if what == "ledger":
            found = [asdict(entry) for entry in slack.ledger.entries.values()]
        elif what in {"deliveries", "failures"}:
            found = [told(each) for each in getattr(slack, what)]
        elif what == "counts":
            found = dict(slack.core.counts)
        else:
            raise web.HTTPNotFound
        return web.json_response(found)

    async def order(request: web.Request) -> web.Response:
        what, body = request.match_info["what"], await request.json()
        if what == "act":
            return web.json_response(await act(slack, body))
        if what == "connect":
            slack.connect(body["url"])
        elif what == "faults":
            fault = Fault(**body.pop("fault"))
            share = body.pop("share", None)
            if share is None:
                slack.faults.on(body.pop("method"), fault, **body)
            else:
                slack.faults.chance(body["method"], fault, share)
        elif what == "limits":
            for name, value in body.items():
                setattr(slack.limits, name, value)
        else:
            raise web.HTTPNotFound
        return web.json_response({"ok": True})

    return [web.get("/_local/{what}", look), web.post("/_local/{what}", order)]


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.local_slack", description=__doc__)
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--app", default="", help="where the app takes requests")
    parser.add_argument("--manifest", type=Path, help="the app's manifest, as JSON")
    parser.add_argument("--ledger", type=Path, help="append every accepted post to this file")
    parser.add_argument("--people", type=int, default=0, help="so many more people")
    parser.add_argument("--scale", type=float, default=1.0, help="how fast time runs")
    parser.add_argument("--limits", action="store_true", help="with Slack's rate limits")
    parser.add_argument("--distributed", action="store_true", help="history once a minute, 15 messages")
    given = parser.parse_args()
    app = app_from_manifest(json.loads(given.manifest.read_text())) if given.manifest else App()
    app.distribution = "distributed" if given.distributed else app.distribution
    slack = LocalSlack(app, port=given.port, seed=given.seed, clock=Clock(given.scale))
    await slack.start(*routes(slack))
    acme = slack.workspace("Acme")
    people = {name: acme.user(name, **more).id for name, more in PEOPLE}
    people |= {name: acme.user(name).id for name in (f"Person {n}" for n in range(given.people))}
    token = slack.install(acme)
    if given.app:
        slack.connect(given.app)
    if given.ledger:
        slack.keep_ledger(given.ledger)
    if given.limits:
        slack.limits.like_slack()
    ready = {"api_url": slack.api_url, "token": token, "team": acme.id, "people": people}
    print(json.dumps(ready | {"signing_secret": app.signing_secret, "app_token": app.app_token}), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await slack.stop()


if __name__ == "__main__":
    asyncio.run(main())
