// Type-checks Slack manifests, [{name, manifest}] on standard input, against the types that others made of Slack's
// published schema. Answers {name: [what the compiler says]}.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const types = join(here, "node_modules", "@schemastore", "slack-app-manifest", "index.d.ts");
const given = JSON.parse(readFileSync(0, "utf8"));

const sources = new Map(
  given.map(({ name, manifest }, number) => [
    join(here, `given-${number}.ts`),
    {
      name,
      text: `import type { SlackAppManifest } from ${JSON.stringify(types.replace(/\.d\.ts$/, ""))};\nexport const manifest: SlackAppManifest = ${JSON.stringify(manifest)};\n`,
    },
  ]),
);
const options = { strict: true, noEmit: true, types: [], lib: ["lib.es5.d.ts"], skipLibCheck: true, target: ts.ScriptTarget.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext };
const host = ts.createCompilerHost(options);
const { fileExists, getSourceFile, readFile } = host;
host.fileExists = (file) => sources.has(file) || fileExists(file);
host.readFile = (file) => sources.get(file)?.text ?? readFile(file);
host.getSourceFile = (file, ...more) =>
  sources.has(file) ? ts.createSourceFile(file, sources.get(file).text, ...more) : getSourceFile(file, ...more);

const said = Object.fromEntries(given.map(({ name }) => [name, []]));
for (const found of ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host))) {
  const text = ts.flattenDiagnosticMessageText(found.messageText, "\n");
  const source = found.file && sources.get(found.file.fileName);
  if (!source) throw new Error(text);
  said[source.name].push(text);
}
process.stdout.write(JSON.stringify(said));
