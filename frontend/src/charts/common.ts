/** The parts of ECharts in use, their one look, and what every chart offers: resize, table, download. */
import { BarChart, LineChart, MapChart, ScatterChart } from "echarts/charts";
import {
  GeoComponent, GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { csv } from "./figures";

echarts.use([
  BarChart, LineChart, MapChart, ScatterChart, GeoComponent, GridComponent, MarkAreaComponent, MarkLineComponent,
  MarkPointComponent, TooltipComponent, CanvasRenderer, LabelLayout,
]);

export { echarts };
export type Chart = echarts.ECharts;
/** Options are plain objects; the library's own types would pull in charts that are not used. */
export type Option = Record<string, unknown>;

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const colour = (name: string): string => token(`--${name}`);

export const face = (): string => token("--face");

export const text = (size = 13, name = "quiet"): { color: string; fontSize: number; fontFamily: string } => ({
  color: colour(name), fontSize: size, fontFamily: face(),
});

/** Tooltips are drawn on the canvas: inline styles would break the page's content policy. */
export const tooltip = () => ({
  trigger: "axis" as const,
  renderMode: "richText" as const,
  confine: true,
  backgroundColor: "#fff",
  borderColor: colour("closed"),
  borderWidth: 1,
  padding: 8,
  textStyle: text(13, "ink"),
  axisPointer: { type: "line" as const, lineStyle: { color: colour("quiet"), width: 1 } },
});

/** Diagonal strokes over a colour: the look of what is not final. */
export function hatch(base: string): object {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = base;
    pen.lineWidth = 2;
    for (const shift of [-4, 0, 4, 8, 12]) {
      pen.beginPath();
      pen.moveTo(shift - 4, 8);
      pen.lineTo(shift + 4, 0);
      pen.stroke();
    }
  }
  return { image: canvas, repeat: "repeat" };
}

let dressed = false;

/** Axes, letters and tooltips of every chart, from the values that the pages use. */
function dress(): void {
  if (dressed) return;
  const axis = {
    axisLine: { lineStyle: { color: colour("closed") } },
    axisTick: { show: false },
    axisLabel: text(12),
    nameTextStyle: text(12),
    splitLine: { lineStyle: { color: colour("rule-soft") } },
  };
  echarts.registerTheme("seawall", {
    textStyle: { fontFamily: face() },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
  });
  dressed = true;
}

/** Draws into the figure's box, and again whenever its width changes: labels keep apart at every width. */
export function draw(figure: HTMLElement, option: (width: number) => Option): Chart {
  const box = figure.querySelector<HTMLElement>(".chart-canvas");
  if (!box) throw new Error("a chart without its canvas");
  dress();
  const chart = echarts.init(box, "seawall");
  let drawn = 0;
  new ResizeObserver(() => {
    if (!box.clientWidth || box.clientWidth === drawn) return;
    drawn = box.clientWidth;
    chart.resize();
    chart.setOption({ animation: false, ...option(drawn) }, { notMerge: true });
  }).observe(box);
  return chart;
}

/** The table of the same figures, and the download made from it. */
export function offer(figure: HTMLElement): void {
  const box = figure.querySelector<HTMLElement>(".chart-canvas");
  const table = figure.querySelector<HTMLElement>(".chart-table");
  const block = figure.closest(".block") ?? figure;
  if (!box || !table) return;
  block.querySelector("[data-act=table]")?.addEventListener("click", (event) => {
    const shown = table.hidden;
    table.hidden = !shown;
    box.hidden = shown;
    (event.currentTarget as HTMLElement).setAttribute("aria-pressed", String(shown));
  });
  block.querySelector("[data-act=download]")?.addEventListener("click", () => {
    save(new Blob(["\ufeff", csv(cells(table))], { type: "text/csv" }), `${figure.dataset["chart"]}.csv`);
  });
}

/** What the cells hold: days as written in files, numbers without separators. */
function cells(table: HTMLElement): string[][] {
  const value = (cell: HTMLTableCellElement): string => {
    const plain = cell.querySelector("time")?.dateTime ?? cell.textContent?.trim() ?? "";
    return cell.tagName === "TD" && cell.classList.contains("num") ? plain.replaceAll(",", "").replace("–", "") : plain;
  };
  return [...table.querySelectorAll("tr")].map((row) => [...row.cells].map(value));
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** How much shorter a degree of longitude is than one of latitude, in the middle of a map. */
export function flatness(outlines: { features: { geometry: { coordinates: unknown } }[] }): number {
  const latitudes = outlines.features.flatMap((unit) => (unit.geometry.coordinates as number[][][]).flat(Infinity).filter((_, n) => n % 2)) as number[];
  const [low, high] = latitudes.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [90, -90]);
  return latitudes.length ? Math.cos((((low ?? 0) + (high ?? 0)) / 2) * (Math.PI / 180)) : 1;
}
