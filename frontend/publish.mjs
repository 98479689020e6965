// Gives each file a name with its digest, kept for a year by browsers, and prepares it compressed: gzip and brotli.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const packed = {
  ".gz": (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
  ".br": (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
};

const digest = (bytes) => createHash("md5").update(bytes).digest("hex").slice(0, 12);

/** Writes copies under digest names into the folder, and the list of names that Django's manifest storage reads. */
export async function publish(served, folder) {
  const paths = {};
  for (const name of readdirSync(join(served, folder)).sort()) {
    const bytes = readFileSync(join(served, folder, name));
    const end = extname(name);
    const hashed = `${folder}/${name.slice(0, -end.length)}.${digest(bytes)}${end}`;
    paths[`${folder}/${name}`] = hashed;
    writeFileSync(join(served, hashed), bytes);
    const smaller = Object.entries(packed).map(async ([suffix, pack]) => [suffix, await pack(bytes)]);
    for (const [suffix, pack] of await Promise.all(smaller)) {
      if (pack.length < bytes.length) writeFileSync(join(served, hashed + suffix), pack);
    }
  }
  const hash = digest(JSON.stringify(paths));
  writeFileSync(join(served, "staticfiles.json"), JSON.stringify({ paths, version: "1.1", hash }));
}
