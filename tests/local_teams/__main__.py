"""The local Teams as its own process, steered over HTTP: `python -m tests.local_teams --port 4020 --app URL`.

Prints one line of JSON when it is ready: the app's settings, the tenant, the people. `/_local/` takes orders:
`GET counts`, `GET refusals`, `GET complaints`, `GET failures`, and as `POST` `faults`, `act`, `looks`, `types`,
`connect`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.local_slack.clock import Clock
from tests.local_slack.faults import Fault

from .local import LocalTeams
from .outbox import Delivery
from .people import Person
from .tenants import Tenant

PEOPLE = (
    ("Amélie Tremblay", {"zone": "America/Toronto", "locale": "fr-CA"}),
    ("Ben Carter", {"zone": "America/Vancouver", "locale": "en-CA"}),
    ("Nadia Khan", {"zone": "America/Toronto", "locale": "en-CA"}),
)
TELLS = 40
"""How often an activity is told again at most, half a second apart."""


def told(delivery: Delivery | None) -> Any:
    return None if delivery is None else asdict(delivery) | {"ok": delivery.ok}


async def act(tenant: Tenant, order: dict[str, Any]) -> Any:
    """`{"who": "Ben Carter", "do": "types", "with": ["home"]}`; presses take the newest message."""
    person = tenant.person(order["who"])
    wanted, words = order["do"], order.get("with", [])
    if wanted == "messages":
        return [{"id": each.id, "summary": each.summary, "texts": each.texts()} for each in person.messages()]
    if wanted == "presses":
        return told(await person.presses(person.last(), words[0]))
    if wanted == "submits":
        return told(await person.submits(person.last(), words[0]))
    if wanted == "types":
        return told(await person.types(*words))
    if wanted in {"installs", "uninstalls", "looks"}:
        return [told(each) for each in await getattr(person, wanted)()]
    raise web.HTTPBadRequest(text=f"cannot {wanted}")


async def everybody_looks(tenant: Tenant) -> dict[str, int]:
    """Everybody opens their chat with the app; how many cards refreshed themselves, and how many answers were wrong."""
    gate = asyncio.Semaphore(8)

    async def one(person: Person) -> list[Delivery]:
        async with gate:
            return await person.looks()

    seen = [each for looked in await asyncio.gather(*map(one, tenant.people.values())) for each in looked]
    return {"seen": len(seen), "wrong": sum(not each.ok for each in seen)}


async def everybody_types(tenant: Tenant, text: str) -> dict[str, int]:
    """Everybody writes the same to the app; what it did not take is told again, as Teams does for a while."""
    gate = asyncio.Semaphore(8)

    async def one(person: Person) -> bool:
        async with gate:
            said = await person.types(text)
            for _ in range(TELLS):
                if said is None or said.ok:
                    break
                await asyncio.sleep(0.5)
                said = await tenant.core.outbox.repeat(said)
            return said is not None and said.ok

    return {"taken": sum(await asyncio.gather(*map(one, tenant.people.values())))}


def routes(teams: LocalTeams, tenant: Tenant) -> list[web.RouteDef]:
    async def look(request: web.Request) -> web.Response:
        what = request.match_info["what"]
        if what == "failures":
            return web.json_response([told(each) for each in teams.failures])
        if what == "complaints":
            return web.json_response(teams.complaints)
        if what == "counts":
            return web.json_response(dict(teams.core.counts))
        if what == "refusals":
            return web.json_response({f"{name} {code}": times for (name, code), times in teams.refusals.items()})
        raise web.HTTPNotFound

    async def order(request: web.Request) -> web.Response:
        what, body = request.match_info["what"], await request.json()
        if what == "act":
            return web.json_response(await act(tenant, body))
        if what == "looks":
            return web.json_response(await everybody_looks(tenant))
        if what == "types":
            return web.json_response(await everybody_types(tenant, body["text"]))
        if what == "connect":
            teams.connect(body["url"])
        elif what == "faults":
            fault = Fault(**body.pop("fault"))
            share = body.pop("share", None)
            if share is None:
                teams.faults.on(body.pop("method"), fault, **body)
            else:
                teams.faults.chance(body["method"], fault, share)
        else:
            raise web.HTTPNotFound
        return web.json_response({"ok": True})

    return [web.get("/_local/{what}", look), web.post("/_local/{what}", order)]


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.local_teams", description=__doc__)
    parser.add_argument("--port", type=int, default=4020)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--app", default="", help="where the app takes activities")
    parser.add_argument("--ledger", type=Path, help="append every accepted message to this file")
    parser.add_argument("--people", type=int, default=0, help="so many more people")
    parser.add_argument("--scale", type=float, default=1.0, help="how fast time runs")
    parser.add_argument("--limits", action="store_true", help="with Teams' rate limits")
    parser.add_argument("--lenient", action="store_true", help="without the rules of the house for cards, for speed")
    given = parser.parse_args()
    teams = LocalTeams(port=given.port, seed=given.seed, clock=Clock(given.scale))
    teams.app.card_rules = not given.lenient
    tenant = teams.tenant("Contoso")
    await teams.start(*routes(teams, tenant))
    for name, more in PEOPLE:
        tenant.person(name, installed=True, **more)
    for number in range(given.people):
        tenant.person(f"Person {number}", installed=True)
    if given.app:
        teams.connect(given.app)
    if given.ledger:
        teams.keep_ledger(given.ledger)
    if given.limits:
        teams.limits.like_teams()
    people = {name: {"ref": each.aad, "user": each.id, "chat": each.at().id} for name, each in tenant.people.items()}
    where = {"base": teams.core.base, "tenant": tenant.id, "service_url": teams.core.service_url(tenant.id)}
    print(json.dumps(where | {"settings": dict(teams.settings), "people": people}), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await teams.stop()


if __name__ == "__main__":
    asyncio.run(main())
