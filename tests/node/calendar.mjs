// A calendar that reads iCalendar files with ical.js, as people's calendars do: an event is known by its UID, a later
// file replaces it if its SEQUENCE is not lower, and what is cancelled disappears. Reads {"files": ["BEGIN:VCALENDAR…"]}
// and answers, after each file, with what the calendar shows.
import ICAL from 'ical.js';

const given = JSON.parse(await new Promise((resolve) => {
  let text = '';
  process.stdin.on('data', (part) => (text += part)).on('end', () => resolve(text));
}));

const known = new Map();

function take(file) {
  const calendar = new ICAL.Component(ICAL.parse(file));
  const problems = [];
  for (const name of ['version', 'prodid', 'method']) {
    if (!calendar.getFirstPropertyValue(name)) problems.push(`no ${name}`);
  }
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  for (const component of calendar.getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component);
    const tzid = component.getFirstProperty('dtstart').getParameter('tzid');
    if (tzid && !ICAL.TimezoneService.has(tzid)) problems.push(`no VTIMEZONE for ${tzid}`);
    for (const name of ['dtstamp', 'organizer']) if (!component.hasProperty(name)) problems.push(`no ${name}`);
    const before = known.get(event.uid);
    if (before && before.sequence > event.sequence) continue;
    known.set(event.uid, {
      uid: event.uid,
      sequence: event.sequence,
      title: event.summary,
      description: event.description ?? '',
      starts: event.startDate.toJSDate().toISOString(),
      ends: event.endDate.toJSDate().toISOString(),
      wall: event.startDate.toString(),
      url: component.getFirstPropertyValue('url') ?? '',
      attendees: event.attendees.length,
      status: component.getFirstPropertyValue('status'),
      alarms: component.getAllSubcomponents('valarm').map((each) => each.getFirstPropertyValue('trigger').toSeconds()),
    });
  }
  const shown = [...known.values()].filter((each) => each.status !== 'CANCELLED');
  return { problems, method: calendar.getFirstPropertyValue('method'), shown, lines: longest(file) };
}

function longest(file) {
  return Math.max(...file.split('\r\n').map((line) => Buffer.byteLength(line, 'utf8')));
}

process.stdout.write(JSON.stringify(given.files.map(take)));
