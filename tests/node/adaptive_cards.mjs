// Reads cards, [{name, card}] on standard input, with Microsoft's own library for them, and answers {name: [what it finds wrong]}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { AdaptiveCard, CardElement, HostConfig, SerializationContext } = createRequire(import.meta.url)("adaptivecards/dist/adaptivecards.js");

const said = {};
for (const { name, card } of JSON.parse(readFileSync(0, "utf8"))) {
  const read = new AdaptiveCard();
  // It counts actions in the menu too; how many are shown at once is checked elsewhere.
  read.hostConfig = new HostConfig({ actions: { maxActions: 100 } });
  const context = new SerializationContext();
  // The library's pattern for languages remembers where it last matched, so that every other card would be refused.
  CardElement.langProperty.regEx.lastIndex = 0;
  read.parse(card, context);
  const parsing = [];
  for (let place = 0; place < context.eventCount; place++) parsing.push(context.getEventAt(place).message);
  const checked = read.validateProperties().validationEvents.map((event) => event.message);
  said[name] = [...new Set([...parsing, ...checked])];
}
process.stdout.write(JSON.stringify(said));
