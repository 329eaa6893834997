// Reads [{name, blocks}] from the file named last and writes {name: html}: what Slack would show, as far as slack-blocks-to-jsx knows.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.argv[2] + "/");
const React = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const { Message } = require("slack-blocks-to-jsx");

const made = {};
for (const { name, blocks, theme } of JSON.parse(readFileSync(process.argv[3], "utf8"))) {
  made[name] = renderToStaticMarkup(
    React.createElement(Message, { blocks, name: "Chatcourse", logo: "", theme, withoutWrapper: true, time: new Date("2026-12-01T14:00:00Z") }),
  );
}
process.stdout.write(JSON.stringify(made));
