/** The outline map of the planning units, painted by class; choosing a unit opens its page. */
import { colour, draw, echarts, flatness, hatch, text, tooltip } from "./common";

interface Unit {
  code: string;
  name: string;
  said: string;
  cls: string;
  link: string;
  worst: boolean;
}

interface MapData {
  units: Unit[];
}

function paint(cls: string): unknown {
  if (cls === "none") return hatch(colour("closed"));
  if (cls === "unstarted" || cls === "withheld") return "#fff";
  return colour((cls.startsWith("g") ? "gap-" : "amount-") + cls.slice(1));
}

const light = (cls: string): boolean => ["g1", "g7", "a5", "a6"].includes(cls);

type Outlines = { features: { properties: { name: string; crowded?: boolean }; geometry: { coordinates: unknown } }[] };

/** West-east breadth of each outline as a share of the whole city's, by code: a name has its place only where it fits inside. */
function breadths(outlines: Outlines): Map<string, number> {
  const spans = new Map<string, [number, number]>();
  const widen = (code: string, part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] !== "number") return part.forEach((inner) => widen(code, inner));
    const [low, high] = spans.get(code) ?? [Infinity, -Infinity];
    spans.set(code, [Math.min(low, part[0]), Math.max(high, part[0])]);
  };
  for (const unit of outlines.features) widen(unit.properties.name, unit.geometry.coordinates);
  const all = [...spans.values()];
  const whole = Math.max(...all.map(([, high]) => high)) - Math.min(...all.map(([low]) => low));
  return new Map([...spans].map(([code, [low, high]]) => [code, (high - low) / whole]));
}

const pen = document.createElement("canvas").getContext("2d");

/** The largest size at which a name fits into so many pixels; where none does the worst keep the smallest, others none. */
function fitting({ name, worst }: Unit, room: number): number {
  return [12, 11, 10, 9].find((size) => {
    if (pen) pen.font = `${worst ? 700 : 400} ${size}px ${text().fontFamily}`;
    return (pen?.measureText(name).width ?? 0) <= room;
  }) ?? (worst ? 9 : 0);
}

export async function map(figure: HTMLElement, data: MapData): Promise<void> {
  const address = document.body.dataset["units"] ?? "";
  const outlines = await (await fetch(address)).json();
  echarts.registerMap("units", outlines);
  const wide = breadths(outlines as Outlines);
  const crowded = new Set((outlines as Outlines).features.filter((unit) => unit.properties.crowded).map((unit) => unit.properties.name));
  const size = (unit: Unit, width: number): number => (crowded.has(unit.code) ? 0 : fitting(unit, 0.8 * width * (wide.get(unit.code) ?? 0)));
  const chart = draw(figure, (width) => ({
    tooltip: { ...tooltip(), trigger: "item", formatter: (row: { data?: Unit }) => row.data?.said ?? "" },
    series: [{
      type: "map", map: "units", roam: false, aspectScale: flatness(outlines), left: 4, right: 4, top: 4, bottom: 4, nameProperty: "name", selectedMode: false, labelLayout: { hideOverlap: true },
      emphasis: { label: { show: true, ...text(13, "ink") }, itemStyle: { areaColor: null, borderColor: colour("action"), borderWidth: 3 } },
      data: data.units.map((unit) => ({
        ...unit, id: unit.code, name: unit.code, value: 0,
        itemStyle: { areaColor: paint(unit.cls), borderColor: unit.worst ? colour("ink") : "#fff", borderWidth: unit.worst ? 2 : 0.8 },
        label: {
          show: size(unit, width) > 0, formatter: unit.name, fontFamily: text().fontFamily,
          fontSize: size(unit, width) || 9, fontWeight: unit.worst ? 700 : 400, color: light(unit.cls) ? "#fff" : colour("ink"),
        },
      })),
    }],
  }));
  chart.on("click", (event) => {
    const link = (event.data as Unit | undefined)?.link;
    if (link) window.location.assign(link);
  });
}
