// Builds everything the pages need into the package: scripts, styles, icons, map and division data.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDivisions } from "./divisions.mjs";
import { writeIcons } from "./icons.mjs";
import { writeMaps } from "./map.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const pages = join(root, "src/seawall/interfaces/static/seawall");
const built = join(root, "src/seawall/reference/built");

rmSync(pages, { recursive: true, force: true });
for (const folder of [pages, built]) mkdirSync(folder, { recursive: true });

const bundle = (entry, out) =>
  build({
    entryPoints: [join(here, "src", entry)],
    outfile: join(pages, out),
    bundle: true,
    minify: true,
    sourcemap: false,
    legalComments: "eof",
    charset: "utf8",
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    loader: { ".css": "css" },
    logLevel: "warning",
  });

await Promise.all([
  bundle("app.ts", "app.js"),
  bundle("station.ts", "station.js"),
  bundle("console.css", "console.css"),
  bundle("portal.css", "portal.css"),
]);

// Manifest storage follows sourceMappingURL comments of third parties and fails on what is not there.
for (const name of ["app.js", "station.js", "console.css", "portal.css"]) {
  const file = join(pages, name);
  const text = readFileSync(file, "utf8").replace(/(\/\/|\/\*)# sourceMappingURL=[^\s*]+(\s*\*\/)?/g, "");
  writeFileSync(file, text);
}

writeIcons(root, join(pages, "icons.svg"));
copyFileSync(join(here, "src/mark.svg"), join(pages, "mark.svg"));
const centres = writeMaps(root, pages);
writeDivisions(root, built, centres);
