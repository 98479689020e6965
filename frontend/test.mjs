// Runs the tests of the scripts' logic, all or those named: bundled as the pages' own scripts are, then node's own runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const tests = join(dirname(fileURLToPath(import.meta.url)), "test");
const out = mkdtempSync(join(tmpdir(), "seawall-front-"));
const named = process.argv.slice(2);
const names = readdirSync(tests).filter((name) => name.endsWith(".test.mjs") && (!named.length || named.includes(name)));
await build({
  entryPoints: names.map((name) => join(tests, name)), outdir: out, outExtension: { ".js": ".mjs" },
  bundle: true, format: "esm", platform: "node", logLevel: "warning",
});
const { status } = spawnSync(process.execPath, ["--test", ...names.map((name) => join(out, name))], { stdio: "inherit" });
rmSync(out, { recursive: true });
process.exit(status ?? 1);
