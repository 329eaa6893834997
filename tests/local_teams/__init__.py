"""A strict Microsoft Teams on this machine, for tests: see `local.LocalTeams` and `python -m tests.local_teams`."""

from tests.local_slack.clock import Clock, DrivenClock

from .app import App
from .local import LocalTeams
from .outbox import Delivery
from .people import Person, Thread, thread_of
from .screen import NotAllowed, NotThere, Shown
from .tenants import Tenant

__all__ = [
    "App",
    "Clock",
    "Delivery",
    "DrivenClock",
    "LocalTeams",
    "NotAllowed",
    "NotThere",
    "Person",
    "Shown",
    "Tenant",
    "Thread",
    "thread_of",
]
