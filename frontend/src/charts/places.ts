/** Streets by people still to come, sites in service, new sites and proposals, on the outline of one unit. */
import { colour, draw, echarts, flatness, tooltip } from "./common";

interface Point {
  name: string;
  at: [number, number];
  link?: string;
}

interface Street extends Point {
  people: number;
  state: "near" | "newly" | "far";
  said: string;
}

interface Places {
  unit: string;
  streets: Street[];
  sites: Point[];
  fresh: Point[];
  proposals: Point[];
}

const FILL = { near: "amount-3", newly: "normal", far: "gap-2" } as const;
const WIDE = 0.04;

type Corner = [number, number];

/** Every corner of the unit's own outline: the map shows it whole. */
function corners(outlines: { features: { id: string; geometry: { coordinates: unknown[] } }[] }, unit: string): Corner[] {
  const own = outlines.features.find((feature) => feature.id === unit);
  return (own?.geometry.coordinates.flat(2) ?? []) as Corner[];
}

/** The frame around them, a little wider. */
function bounds(all: Corner[]): Corner[] | undefined {
  if (!all.length) return undefined;
  const [lon, lat] = [all.map((p) => p[0]), all.map((p) => p[1])];
  const [west, east, south, north] = [Math.min(...lon), Math.max(...lon), Math.min(...lat), Math.max(...lat)];
  const [x, y] = [(east - west) * WIDE, (north - south) * WIDE];
  return [[west - x, north + y], [east + x, south - y]];
}

export async function places(figure: HTMLElement, data: Places): Promise<void> {
  const address = document.body.dataset["units"];
  const outlines = address ? await (await fetch(address)).json() : { type: "FeatureCollection", features: [] };
  echarts.registerMap("units", outlines);
  const points = [...data.streets, ...data.sites, ...data.fresh, ...data.proposals].map((point) => point.at);
  const frame = bounds([...corners(outlines, data.unit), ...points]);
  const most = Math.max(1, ...data.streets.map((street) => street.people));
  const marks = (points: Point[], symbol: string, size: number, fill: string, edge: string): object => ({
    type: "scatter", coordinateSystem: "geo", symbol, symbolSize: size, z: 4,
    itemStyle: { color: fill, borderColor: edge, borderWidth: 2 },
    data: points.map((point) => ({ name: point.name, value: point.at, said: point.name, link: point.link })),
  });
  const chart = draw(figure, () => ({
    tooltip: { ...tooltip(), trigger: "item", formatter: (row: { data?: { said?: string } }) => row.data?.said ?? "" },
    geo: {
      map: "units", roam: false, nameProperty: "name", aspectScale: flatness(outlines), boundingCoords: frame, silent: true,
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
  }));
  chart.on("click", (event) => {
    const link = (event.data as Point | undefined)?.link;
    if (link) window.location.assign(link);
  });
}
