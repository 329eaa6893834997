"""Events as an iCalendar file (RFC 5545), published to be read (RFC 5546, PUBLISH): no attendees, nothing to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vDuration, vText

from bot.model.calendar import CalendarEvent

MAKER = "-//Chatcourse//Chatcourse//EN"
BEFORE = timedelta(minutes=-15)
AROUND = timedelta(days=400)
"""A zone's rules are written for so long before and after the events: recurrences are never published, so the changes
near them are all that a calendar needs, and the file stays small."""
REFRESH = timedelta(hours=1)


def calendar_file(events: Sequence[CalendarEvent], host: str) -> bytes:
    """The file, lines folded at 75 octets. `host` names who publishes. The same events are the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for zone in sorted({event.zone for event in events}):
        starts = [event.starts for event in events if event.zone == zone]
        calendar.add_component(_zone(zone, min(starts), max(starts)))
    for event in events:
        calendar.add_component(_entry(event, host))
    return bytes(calendar.to_ical())


def _zone(zone: str, first: datetime, last: datetime) -> Timezone:
    return Timezone.from_tzinfo(
        ZoneInfo(zone), zone, first_date=(first - AROUND).date(), last_date=(last + AROUND).date()
    )


def _entry(event: CalendarEvent, host: str) -> Event:
    starts = event.starts.replace(tzinfo=ZoneInfo(event.zone))
    entry = Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.updated_at)
    entry.add("last-modified", event.updated_at)
    entry.add("dtstart", starts)
    # wall times: a meeting of one hour ends an hour later on the clock, unless the clock changes within it
    entry.add("dtend", _ends(starts, event.minutes))
    entry.add("summary", event.title)
    if event.description:
        entry.add("description", event.description)
    if event.url:
        entry.add("url", event.url)
        entry.add("location", event.url)
    entry.add("organizer", _publisher(host))
    entry.add("categories", ["Chatcourse"])
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    if event.cancelled:
        entry.add("transp", "TRANSPARENT")
    else:
        entry.add_component(_alarm(event.title))
    return entry


def _ends(starts: datetime, minutes: int) -> datetime:
    """The end on the same clock, counted in real minutes."""
    zone = starts.tzinfo
    return (starts.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)).astimezone(zone)


def _publisher(host: str) -> vCalAddress:
    address = vCalAddress(f"mailto:no-reply@{host}")
    address.params["CN"] = vText("Chatcourse")
    return address


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", BEFORE)
    alarm.add("description", title)
    return alarm
