/** The monitors of reactions: lots beside each other in a funnel, and a running test against its limit. */
import { axis, shortDay } from "../words";
import { colour, draw, text, tooltip } from "./common";

interface Lot {
  unit: string;
  doses: number;
  events: number;
  expected: number;
  ratio: number;
  outlier: boolean;
}

interface Funnel {
  points: Lot[];
  lines: Record<"expected" | "low95" | "high95" | "low998" | "high998", number[]>;
  head: Record<"events" | "expected" | "ratio", string>;
}

interface Course {
  days: string[];
  llr: (number | null)[];
  limit: number;
  signal_on: string | null;
  head: Record<"llr" | "limit", string>;
}

const named = (name: string) => ({ name, nameLocation: "middle" as const, nameGap: 26, nameTextStyle: text(12) });

export function funnel(figure: HTMLElement, data: Funnel): void {
  const top = Math.max(3, ...data.points.map((lot) => lot.ratio)) * 1.1;
  const line = (values: number[], type: "solid" | "dashed"): object => ({
    type: "line", symbol: "none", silent: true, z: 1, data: values.map((value, index) => [data.lines.expected[index], value]),
    lineStyle: { color: colour("quiet"), width: 1.2, type },
  });
  const dots = (out: boolean): object => ({
    type: "scatter", z: out ? 4 : 3, symbolSize: out ? 12 : 9, itemStyle: { color: colour(out ? "stop" : "action"), opacity: 0.85 },
    data: data.points.filter((lot) => lot.outlier === out).map((lot) => ({ name: lot.unit, value: [lot.expected, lot.ratio], lot })),
    label: { show: out, position: "top", distance: 6, formatter: "{b}", ...text(12, "ink") }, labelLayout: { hideOverlap: true },
  });
  draw(figure, () => ({
    grid: { left: 48, right: 20, top: 16, bottom: 48 },
    tooltip: { ...tooltip(), trigger: "item", formatter: (row: { data?: { lot?: Lot } }) => said(data, row.data?.lot) },
    xAxis: { type: "value", min: 0, splitLine: { show: false }, ...named(data.head.expected) },
    yAxis: { type: "value", min: 0, max: 3 * Math.ceil(top / 3), splitNumber: 4, ...named(data.head.ratio) },
    series: [
      line(data.lines.low95, "dashed"), line(data.lines.high95, "dashed"), line(data.lines.low998, "solid"), line(data.lines.high998, "solid"),
      dots(false), dots(true),
    ],
  }));
}

function said(data: Funnel, lot: Lot | undefined): string {
  if (!lot) return "";
  return `${lot.unit}\n${data.head.events}  ${lot.events}\n${data.head.expected}  ${lot.expected.toFixed(2)}`;
}

export function course(figure: HTMLElement, data: Course): void {
  const first = data.signal_on ? data.days.indexOf(data.signal_on) : -1;
  draw(figure, () => ({
    grid: { left: 48, right: 24, top: 28, bottom: 30 },
    tooltip: { ...tooltip(), formatter: (rows: { dataIndex: number }[]) => at(data, rows[0]?.dataIndex ?? 0) },
    xAxis: { type: "category", data: data.days, boundaryGap: false, axisLabel: { ...text(12), formatter: shortDay, hideOverlap: true } },
    yAxis: { type: "value", min: 0, max: ceiling(data), axisLabel: { ...text(12), formatter: axis } },
    series: [{
      type: "line", data: data.llr, symbol: "none", connectNulls: true, lineStyle: { color: colour("amount-6"), width: 3 },
      areaStyle: { color: colour("amount-1"), opacity: 0.55, origin: "start" },
      markLine: {
        silent: true, symbol: "none", lineStyle: { color: colour("stop"), width: 1.5, type: "solid" },
        data: [{ yAxis: data.limit, label: { position: "insideStartTop", formatter: `${data.head.limit} ${data.limit.toFixed(2)}`, ...text(12, "ink") } }],
      },
      markPoint: first < 0 ? undefined : {
        symbol: "circle", symbolSize: 10, silent: true, itemStyle: { color: colour("stop") },
        data: [{ coord: [data.days[first], data.llr[first]] }],
        label: { show: true, position: "bottom", distance: 8, formatter: shortDay(data.days[first] ?? ""), ...text(12, "ink") },
      },
    }],
  }));
}

function at(data: Course, index: number): string {
  const value = data.llr[index];
  return `${shortDay(data.days[index] ?? "")}\n${data.head.llr}  ${value == null ? "–" : value.toFixed(2)}\n${data.head.limit}  ${data.limit.toFixed(2)}`;
}

/** A round number above the limit and the highest value. */
function ceiling(data: Course): number {
  return Math.ceil(1.15 * Math.max(data.limit, ...data.llr.map((value) => value ?? 0)));
}
