"""A strict Slack on this machine, for tests: see `local.LocalSlack` and `python -m tests.local_slack`."""

from .app import App, app_from_manifest
from .clock import Clock, DrivenClock
from .entries import NotAllowed
from .events import Delivery
from .local import LocalSlack
from .people import Person
from .screen import NotThere, Shown, ShownView
from .workspaces import Organisation, Workspace

__all__ = [
    "App",
    "Clock",
    "Delivery",
    "DrivenClock",
    "LocalSlack",
    "NotAllowed",
    "NotThere",
    "Organisation",
    "Person",
    "Shown",
    "ShownView",
    "Workspace",
    "app_from_manifest",
]
