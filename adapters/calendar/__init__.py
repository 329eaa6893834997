"""Entries for people's calendars: links that always lead to the newest state of an event."""
