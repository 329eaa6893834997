// Checks documents, [{name, document}] on standard input, against the schema that each names in $schema, which lies in
// Microsoft's own package: nothing is fetched. Answers {name: [what is wrong]}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const entry = require.resolve("@microsoft/app-manifest");
const { AppManifestUtils } = require(entry);
const Ajv = require("ajv-draft-04").default;
const addFormats = require("ajv-formats").default;

// The package has no check for localization files, and one pattern of their schema is written for the older kind of
// regular expressions.
function words(document, rules) {
  const checks = addFormats(new Ajv({ allErrors: true, strict: false, unicodeRegExp: false }), ["uri"]).compile(rules);
  return checks(document) ? [] : checks.errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

const said = {};
for (const { name, document } of JSON.parse(readFileSync(0, "utf8"))) {
  const [, schema] = /\/json-schemas\/(teams\/v[\d.]+\/[\w.]+\.json)$/.exec(document.$schema);
  const rules = JSON.parse(readFileSync(join(dirname(entry), "json-schemas", schema), "utf8"));
  said[name] = schema.includes("Localization") ? words(document, rules) : await AppManifestUtils.validateAgainstSchema(document, rules);
}
process.stdout.write(JSON.stringify(said));
