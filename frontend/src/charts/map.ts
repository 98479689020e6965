/** The outline map of the planning units, painted by class; choosing a unit opens its page. */
import { chinese } from "../words";
import { colour, draw, echarts, hatch, offer, text, tooltip, type Option } from "./common";

interface Unit {
  code: string;
  name: string;
  said: string;
  cls: string;
  link: string;
  worst: boolean;
  row: (string | number | null)[];
}

interface MapData {
  head: string[];
  units: Unit[];
}

const DENSE = new Set(["500103", "500104", "500105", "500106", "500107", "500108"]);

function paint(cls: string): unknown {
  if (cls === "none") return hatch(colour("closed"));
  if (cls === "unstarted" || cls === "withheld") return "#fff";
  return colour((cls.startsWith("g") ? "gap-" : "amount-") + cls.slice(1));
}

const light = (cls: string): boolean => ["g1", "g7", "a5", "a6"].includes(cls);

export async function map(figure: HTMLElement, data: MapData): Promise<void> {
  const address = document.body.dataset["units"] ?? "";
  const outlines = await (await fetch(address)).json();
  echarts.registerMap("units", outlines);
  const option = {
    tooltip: { ...tooltip(), trigger: "item", formatter: (row: { data?: Unit }) => row.data?.said ?? "" },
    series: [{
      type: "map", map: "units", roam: false, aspectScale: 0.87, left: 4, right: 4, top: 4, bottom: 4, nameProperty: "name", selectedMode: false, labelLayout: { hideOverlap: true },
      emphasis: { label: { show: true, ...text(13, "ink") }, itemStyle: { areaColor: null, borderColor: colour("action"), borderWidth: 3 } },
      data: data.units.map((unit) => ({
        ...unit, id: unit.code, name: unit.code, value: 0,
        itemStyle: { areaColor: paint(unit.cls), borderColor: unit.worst ? colour("ink") : "#fff", borderWidth: unit.worst ? 2 : 0.8 },
        label: {
          show: !DENSE.has(unit.code) && (unit.worst || chinese()), formatter: unit.name, fontFamily: text().fontFamily,
          fontSize: unit.worst ? 13 : 11, fontWeight: unit.worst ? 700 : 400, color: light(unit.cls) ? "#fff" : colour("ink"),
        },
      })),
    }],
  };
  const chart = draw(figure, option as unknown as Option);
  chart.on("click", (event) => {
    const link = (event.data as Unit | undefined)?.link;
    if (link) window.location.assign(link);
  });
  offer(figure, chart, { head: data.head, rows: data.units.map((unit) => unit.row) }, "units");
}
