// Builds the page into src/chainrule/_web: one script, one style sheet, no other file is loaded.
import { build } from "esbuild";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "../src/chainrule/_web");
mkdirSync(out, { recursive: true });

const shared = { bundle: true, minify: true, charset: "utf8", legalComments: "none", logLevel: "warning" };
await build({
  ...shared,
  entryPoints: [join(here, "src/main.tsx")],
  outfile: join(out, "app.js"),
  format: "iife",
  globalName: "chainrule", // its exports, for a notebook that imports the same bytes
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
});
await build({ ...shared, entryPoints: [join(here, "src/app.css")], outfile: join(out, "app.css") });
writeFileSync(join(out, "index.html"), readFileSync(join(here, "src/index.html")));

const parts = ["preact", "@preact/signals", "@preact/signals-core"].map((name) => {
  const folder = join(here, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
});
writeFileSync(join(out, "LICENSES.txt"), parts.join("\n\n"));
