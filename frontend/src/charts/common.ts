/** The parts of ECharts in use, the palette, and what every chart offers: resize, table, download. */
import { BarChart, LineChart, MapChart, ScatterChart } from "echarts/charts";
import {
  GeoComponent, GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  BarChart, LineChart, MapChart, ScatterChart, GeoComponent, GridComponent, MarkAreaComponent, MarkLineComponent,
  MarkPointComponent, TooltipComponent, CanvasRenderer, LabelLayout,
]);

export { echarts };
export type Chart = echarts.ECharts;
/** Options are plain objects; the library's own types would pull in charts that are not used. */
export type Option = Parameters<Chart["setOption"]>[0];

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

export const axisLook = () => ({
  axisLine: { lineStyle: { color: colour("closed") } },
  axisTick: { show: false },
  axisLabel: text(12),
  splitLine: { lineStyle: { color: colour("rule-soft") } },
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

export function draw(figure: HTMLElement, option: Option): Chart {
  const box = figure.querySelector<HTMLElement>(".chart-canvas");
  if (!box) throw new Error("a chart without its canvas");
  const chart = echarts.getInstanceByDom(box) ?? echarts.init(box);
  chart.setOption({ animation: false, textStyle: { fontFamily: face() }, ...(option as object) } as Option);
  new ResizeObserver(() => chart.resize()).observe(box);
  return chart;
}

export interface Table {
  head: string[];
  rows: (string | number | null)[][];
}

/** The same figures as a table, for reading and for download. */
export function offer(figure: HTMLElement, chart: Chart | null, table: Table, name: string): void {
  const box = figure.querySelector<HTMLElement>(".chart-canvas");
  const holder = figure.querySelector<HTMLElement>(".chart-table");
  const block = figure.closest(".block") ?? figure;
  block.querySelector("[data-act=table]")?.addEventListener("click", (event) => {
    const button = event.currentTarget as HTMLElement;
    const show = holder?.hidden ?? false;
    if (holder && !holder.firstChild) holder.append(element(table));
    if (holder) holder.hidden = !show;
    if (box) box.hidden = show;
    button.setAttribute("aria-pressed", String(show));
    if (!show) chart?.resize();
  });
  block.querySelector("[data-act=download]")?.addEventListener("click", () => save(csv(table), `${name}.csv`));
}

function element(table: Table): HTMLTableElement {
  const result = document.createElement("table");
  result.className = "data";
  const head = result.createTHead().insertRow();
  table.head.forEach((label, index) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = label;
    if (index) cell.className = "num";
    head.append(cell);
  });
  const body = result.createTBody();
  for (const values of table.rows) {
    const row = body.insertRow();
    values.forEach((value, index) => {
      const cell = row.insertCell();
      if (index) cell.className = "num";
      cell.textContent = value === null ? "–" : typeof value === "number" ? value.toLocaleString("en-US") : value;
    });
  }
  return result;
}

function csv(table: Table): Blob {
  const quote = (value: string | number | null): string =>
    value === null ? "" : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  const lines = [table.head, ...table.rows].map((row) => row.map(quote).join(","));
  return new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv" });
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface Milestone {
  day: string;
  name: string;
}

/** Names without what stands in brackets or after a comma, one line for each day; the last day of all belongs to the deadline. */
export function gathered(milestones: Milestone[], end: string): Milestone[] {
  const byDay = new Map<string, Set<string>>();
  for (const { day, name } of milestones) {
    if (day >= end) continue;
    byDay.set(day, (byDay.get(day) ?? new Set()).add(name.split(/[（(,，]/)[0]?.trim() ?? name));
  }
  return [...byDay].map(([day, names]) => ({ day, name: [...names].join(" · ") }));
}
