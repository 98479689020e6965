// Merges the outlines of before 2011 into the 38 divisions of 2021 and the 39 planning units.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { merge, mesh } from "topojson-client";
import { topology } from "topojson-server";

// Old name -> code of 2021. Two pairs merged in 2011; nine were renamed or became districts later.
const CODES = {
  万州区: "500101", 涪陵区: "500102", 渝中区: "500103", 大渡口区: "500104", 江北区: "500105", 沙坪坝区: "500106",
  九龙坡区: "500107", 南岸区: "500108", 北碚区: "500109", 綦江县: "500110", 万盛区: "500110", 大足县: "500111",
  双桥区: "500111", 渝北区: "500112", 巴南区: "500113", 黔江区: "500114", 长寿区: "500115", 江津区: "500116",
  合川区: "500117", 永川区: "500118", 南川区: "500119", 璧山县: "500120", 铜梁县: "500151", 潼南县: "500152",
  荣昌县: "500153", 开县: "500154", 梁平县: "500155", 武隆县: "500156", 城口县: "500229", 丰都县: "500230",
  垫江县: "500231", 忠县: "500233", 云阳县: "500235", 奉节县: "500236", 巫山县: "500237", 巫溪县: "500238",
  石柱土家族自治县: "500240", 秀山土家族苗族自治县: "500241", 酉阳土家族苗族自治县: "500242",
  彭水苗族土家族自治县: "500243",
};

// The planning partition keeps 万盛经开区 apart from the rest of 綦江; its outline is the old 万盛区.
const UNITS = { ...CODES, 万盛区: "500110W" };

const groupBy = (geometries, codes) => {
  const groups = new Map();
  for (const geometry of geometries) {
    const code = codes[geometry.properties.name];
    if (!code) throw new Error(`outline without a code: ${geometry.properties.name}`);
    groups.set(code, [...(groups.get(code) ?? []), geometry]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
};

// Of a merged pair the file lists the larger outline first; its centre serves for both.
const centre = (group) => group[0].properties.cp;

function features(topo, codes) {
  return groupBy(topo.objects.outlines.geometries, codes).map(([code, group]) => ({
    type: "Feature",
    id: code,
    properties: { name: code, cp: centre(group) },
    geometry: merge(topo, group),
  }));
}

const rounded = (collection) => JSON.stringify(collection, (_, value) =>
  typeof value === "number" ? Math.round(value * 1e4) / 1e4 : value);

const STRETCH = 1.155; // 1 / cos 30 degrees

/** A light picture of the borders for phones, each drawn once, in hundredths of a degree, latitude stretched. */
function outline(topo) {
  const point = ([lon, lat]) => [Math.round(lon * 100), Math.round(-lat * STRETCH * 100)];
  const step = ([x, y], [a, b]) => `${x - a}${y - b < 0 ? "" : " "}${y - b}`;
  const line = (points) => {
    const kept = points.map(point).filter(([x, y], i, all) => i === 0 || x !== all[i - 1][0] || y !== all[i - 1][1]);
    return `M${kept[0].join(" ")}l${kept.slice(1).map((p, i) => step(p, kept[i])).join(" ")}`;
  };
  const lines = mesh(topo, topo.objects.outlines).coordinates.map(line).join("");
  const look = 'fill="none" stroke="#a9b6c4" stroke-width="1"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="10520 -3730 505 480"><path ${look} d="${lines}"/></svg>`;
}

const KM = 111.32; // kilometres of one degree of latitude

/** Square kilometres of a ring of [lon, lat], flat at its own latitude: the outlines are no better than that. */
function ringArea(ring) {
  const lat = ring.reduce((sum, p) => sum + p[1], 0) / ring.length;
  const twice = ring.reduce((sum, [x, y], i) => {
    const [a, b] = ring[(i + 1) % ring.length];
    return sum + x * b - a * y;
  }, 0);
  return Math.abs(twice / 2) * KM * KM * Math.cos((lat * Math.PI) / 180);
}

const area = ({ coordinates }) =>
  coordinates.flatMap((polygon) => polygon.map((ring, i) => (i ? -1 : 1) * ringArea(ring))).reduce((a, b) => a + b, 0);

export function writeMaps(root, folder) {
  const path = "node_modules/china-geojson/src/geojson/chong_qing_geo.json";
  const outlines = JSON.parse(readFileSync(join(root, path), "utf8"));
  const topo = topology({ outlines }, 1e5);
  const write = (name, codes, expected) => {
    const list = features(topo, codes);
    if (list.length !== expected) throw new Error(`${name}: ${list.length} outlines, ${expected} expected`);
    writeFileSync(join(folder, name), rounded({ type: "FeatureCollection", features: list }));
    return list;
  };
  const districts = write("chongqing-2021.json", CODES, 38);
  write("chongqing-2021-units.json", UNITS, 39);
  writeFileSync(join(folder, "outline.svg"), outline(topo));
  return districts.map(({ id, properties, geometry }) => ({
    code: id, lon: properties.cp[0], lat: properties.cp[1], km2: Math.round(area(geometry)),
  }));
}
