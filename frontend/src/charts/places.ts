/** Streets by people still to come, sites in service, new sites and proposals, on the outline of one unit. */
import { exact } from "../words";
import { colour, draw, echarts, offer, tooltip, type Option } from "./common";

interface Point {
  name: string;
  at: [number, number];
  link?: string;
}

interface Street extends Point {
  people: number;
  state: "near" | "newly" | "far";
  said: string;
  row: (string | number | null)[];
}

interface Places {
  unit: string;
  name: string;
  streets: Street[];
  sites: Point[];
  fresh: Point[];
  proposals: Point[];
  head: string[];
}

const FILL = { near: "amount-3", newly: "normal", far: "gap-2" } as const;
const WIDE = 0.12;

/** The corner points of everything drawn, a little wider. */
function bounds(data: Places): [number, number][] | undefined {
  const all = [...data.streets, ...data.sites, ...data.fresh, ...data.proposals].map((point) => point.at);
  if (!all.length) return undefined;
  const [lon, lat] = [all.map((p) => p[0]), all.map((p) => p[1])];
  const [west, east, south, north] = [Math.min(...lon), Math.max(...lon), Math.min(...lat), Math.max(...lat)];
  const [x, y] = [Math.max(0.02, (east - west) * WIDE), Math.max(0.02, (north - south) * WIDE)];
  return [[west - x, north + y], [east + x, south - y]];
}

export async function places(figure: HTMLElement, data: Places): Promise<void> {
  const outlines = await (await fetch(document.body.dataset["units"] ?? "")).json();
  echarts.registerMap("units", outlines);
  const most = Math.max(1, ...data.streets.map((street) => street.people));
  const marks = (points: Point[], symbol: string, size: number, fill: string, edge: string): object => ({
    type: "scatter", coordinateSystem: "geo", symbol, symbolSize: size, z: 4,
    itemStyle: { color: fill, borderColor: edge, borderWidth: 2 },
    data: points.map((point) => ({ name: point.name, value: point.at, said: point.name, link: point.link })),
  });
  const option = {
    tooltip: { ...tooltip(), trigger: "item", formatter: (row: { data?: { said?: string } }) => row.data?.said ?? "" },
    geo: {
      map: "units", roam: false, nameProperty: "name", aspectScale: 0.87, boundingCoords: bounds(data), silent: true,
      label: { show: false }, emphasis: { disabled: true },
      itemStyle: { areaColor: colour("ground"), borderColor: colour("closed"), borderWidth: 1 },
      regions: [{ name: data.unit, itemStyle: { areaColor: "#fff", borderColor: colour("quiet"), borderWidth: 1.5 } }],
    },
    series: [
      {
        type: "scatter", coordinateSystem: "geo", z: 2,
        data: data.streets.map((street) => ({
          name: street.name, value: street.at, said: `${street.name}\n${street.said}`,
          symbolSize: 8 + 26 * Math.sqrt(street.people / most),
          itemStyle: { color: colour(FILL[street.state]), opacity: 0.85, borderColor: "#fff", borderWidth: 1 },
        })),
      },
      marks(data.sites, "rect", 10, colour("ink"), "#fff"),
      marks(data.proposals, "diamond", 14, "#fff", colour("action")),
      marks(data.fresh, "rect", 13, colour("action"), "#fff"),
    ],
  };
  const chart = draw(figure, option as unknown as Option);
  chart.on("click", (event) => {
    const link = (event.data as Point | undefined)?.link;
    if (link) window.location.assign(link);
  });
  const rows = data.streets.map((street) => street.row.map((cell) => (typeof cell === "number" && cell > 999 ? exact(cell) : cell)));
  offer(figure, chart, { head: data.head, rows }, `sites-${data.unit}`);
}
