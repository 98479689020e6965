// Builds everything the pages need into the package: scripts, styles and icons.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeIcons } from "./icons.mjs";
import { publish } from "./publish.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const served = join(root, "src/seawall/interfaces/static");
const pages = join(served, "seawall");

rmSync(served, { recursive: true, force: true });
mkdirSync(pages, { recursive: true });

const bundle = (entry, out, format = "iife") =>
  build({
    entryPoints: [join(here, "src", entry)],
    outfile: join(pages, out),
    bundle: true,
    format,
    minify: true,
    sourcemap: false,
    legalComments: "eof",
    charset: "utf8",
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    logLevel: "warning",
  });

await Promise.all([
  bundle("app.ts", "app.js"),
  bundle("charts/index.ts", "charts.js", "esm"),
  bundle("station.ts", "station.js"),
  bundle("wrong-dose.ts", "wrong-dose.js"),
  bundle("passkey.ts", "passkey.js"),
  bundle("wall.ts", "wall.js"),
  bundle("calling.ts", "calling.js"),
  bundle("verify/index.ts", "verify.js", "esm"),
  bundle("verify/worker.ts", "verify-worker.js"),
  bundle("tablet/index.ts", "tablet.js", "esm"),
  bundle("tablet/worker.ts", "tablet-worker.js"),
  bundle("console.css", "console.css"),
  bundle("portal.css", "portal.css"),
  bundle("noscript.css", "noscript.css"),
]);

// Comments of third parties name source maps that are not here.
for (const name of ["app.js", "charts.js"]) {
  const file = join(pages, name);
  const text = readFileSync(file, "utf8").replace(/(\/\/|\/\*)# sourceMappingURL=[^\s*]+(\s*\*\/)?/g, "");
  writeFileSync(file, text);
}

writeIcons(root, join(pages, "icons.svg"));
copyFileSync(join(here, "src/mark.svg"), join(pages, "mark.svg"));
copyFileSync(join(root, "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), join(pages, "zxing.wasm"));
await publish(served, "seawall");
