// Builds automl_portal/static and tests/browser/axe.min.js from pinned packages, and writes what was vendored to VENDOR.md.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "automl_portal", "static");
const tests = join(here, "..", "tests", "browser");
const modules = join(here, "node_modules");
for (const folder of ["css", "js", "fonts", "licenses"]) mkdirSync(join(out, folder), { recursive: true });
mkdirSync(tests, { recursive: true });

execFileSync(join(modules, ".bin", "tailwindcss"), ["-i", "css/app.css", "-o", join(out, "css", "app.css"), "--minify"], { cwd: here, stdio: "inherit" });
const common = { absWorkingDir: here, bundle: true, minify: true, target: "es2022", format: "iife", legalComments: "none" };
await build({ ...common, entryPoints: ["js/app.js"], outfile: join(out, "js", "app.js") });
await build({ ...common, entryPoints: ["js/echarts.js"], outfile: join(out, "js", "echarts.js"), globalName: "echarts" });

// [package, file in the package, where it goes]
const copies = [
  ["htmx.org", "dist/htmx.min.js", join(out, "js", "htmx.min.js")],
  ["@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2", join(out, "fonts", "inter-latin.woff2")],
  ["axe-core", "axe.min.js", join(tests, "axe.min.js")],
];
for (const [name, file, to] of copies) copyFileSync(join(modules, name, file), to);

const inApp = ["tus-js-client", "js-base64", "url-parse", "querystringify", "requires-port"].map((name) => [name, "js/app.js"]);
const bundled = [["tailwindcss", "css/app.css"], ["daisyui", "css/app.css"], ["echarts", "js/echarts.js"], ["zrender", "js/echarts.js"], ...inApp];
const rows = [];
for (const [name, where] of [...bundled, ["htmx.org", "js/htmx.min.js"], ["@fontsource-variable/inter", "fonts/inter-latin.woff2"]]) {
  const meta = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  rows.push(`| ${name} | ${meta.version} | ${meta.license} | ${where} |`);
  const texts = ["LICENSE", "NOTICE"].map((file) => join(modules, name, file)).filter(existsSync).map((file) => readFileSync(file, "utf8"));
  writeFileSync(join(out, "licenses", `${name.replaceAll("/", "-").replace("@", "")}.txt`), texts.join("\n"));
}
writeFileSync(join(out, "VENDOR.md"), `# Vendored assets
Made by \`cd frontend && npm ci && npm run build\`; do not edit by hand. Nothing is fetched at run time.

| package | version | licence | file |
|---|---|---|---|
${rows.join("\n")}

Only the Latin subset of Inter is shipped; other scripts use the system's own fonts. The licence texts are in \`licenses/\`.
For tests only: axe-core ${JSON.parse(readFileSync(join(modules, "axe-core", "package.json"), "utf8")).version} (MPL-2.0) in \`tests/browser/axe.min.js\`.
`);
