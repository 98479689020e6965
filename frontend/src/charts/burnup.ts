/** 进度曲线: plan dashed, done solid, provisional hatched, forecast as a band, deadline and last useful days as labelled lines. */
import { axis, exact, headline, shortDay, word } from "../words";
import { axisLook, colour, draw, gathered, hatch, offer, text, tooltip, type Option } from "./common";

interface Milestone {
  day: string;
  name: string;
}

export interface Burnup {
  days: string[];
  plan: (number | null)[];
  actual: (number | null)[];
  provisional_from: string | null;
  forecast: { low: (number | null)[]; mid: (number | null)[]; high: (number | null)[] } | null;
  deadline: string;
  last_first_dose: Milestone[];
  days_off: string[];
  published: { day: string; doses: number; name: string } | null;
}

/** Neighbouring days off become one shaded stretch. */
function stretches(days: string[], off: string[]): [string, string][] {
  const result: [string, string][] = [];
  let last = -2;
  for (const day of off) {
    const index = days.indexOf(day);
    if (index < 0) continue;
    const open = result[result.length - 1];
    if (open && index === last + 1) open[1] = day;
    else result.push([day, day]);
    last = index;
  }
  return result;
}

const lastIndex = (values: (number | null)[]): number => values.reduce<number>((best, value, index) => (value === null ? best : index), -1);

function lines(data: Burnup): object[] {
  const common = { symbol: "none", lineStyle: { color: colour("quiet"), type: "solid", width: 1 } };
  const label = { position: "end", rotate: 0, distance: 6, align: "center" };
  const marks = gathered(data.last_first_dose, data.deadline).map(({ day, name }) => ({
    ...common, xAxis: day, lineStyle: { ...common.lineStyle, type: "dotted" },
    label: { ...label, formatter: `${word("last_first")}\n${name} ${shortDay(day)}`, ...text(12) },
  }));
  return [
    ...marks,
    { ...common, xAxis: data.deadline, lineStyle: { color: colour("ink"), type: "solid", width: 2 },
      label: { ...label, formatter: `${word("deadline")}\n${shortDay(data.deadline)}`, ...text(12, "ink"), fontWeight: 600 } },
  ];
}

function band(data: Burnup): object[] {
  if (!data.forecast) return [];
  const { low, high, mid } = data.forecast;
  const width = high.map((value, index) => (value === null || low[index] == null ? null : value - (low[index] ?? 0)));
  const plain = { type: "line", symbol: "none", silent: true, stack: "band", lineStyle: { opacity: 0 } };
  return [
    { ...plain, data: low },
    { ...plain, data: width, areaStyle: { color: colour("amount-3"), opacity: 0.35 } },
    { type: "line", name: word("forecast"), symbol: "none", data: mid, lineStyle: { color: colour("amount-4"), width: 2, type: [2, 4] } },
  ];
}

export function burnup(figure: HTMLElement, data: Burnup): void {
  const provisional = data.provisional_from ? data.days.indexOf(data.provisional_from) : -1;
  const end = lastIndex(data.actual);
  const areas = stretches(data.days, data.days_off).map(([from, to]) => [{ xAxis: from }, { xAxis: to }]);
  const option = {
    grid: { left: 52, right: 64, top: 48, bottom: 30 },
    tooltip: { ...tooltip(), formatter: (rows: { dataIndex: number }[]) => said(data, rows[0]?.dataIndex ?? 0) },
    xAxis: { type: "category", data: data.days, boundaryGap: false, ...axisLook(), splitLine: { show: false }, axisLabel: { ...text(12), formatter: shortDay, interval: 13, showMaxLabel: true } },
    yAxis: { type: "value", max: ceiling(data), ...axisLook(), axisLine: { show: false }, axisLabel: { ...text(12), formatter: axis } },
    series: [
      ...band(data),
      {
        type: "line", name: word("plan"), data: data.plan, symbol: "none", z: 4,
        lineStyle: { color: colour("quiet"), width: 2, type: "dashed" },
        markArea: { silent: true, itemStyle: { color: "#8b97a5", opacity: 0.1 }, data: areas },
        markLine: { silent: true, symbol: "none", data: lines(data) },
        markPoint: points(data),
      },
      {
        type: "line", name: word("actual"), data: data.actual, symbol: "none", z: 5,
        lineStyle: { color: colour("amount-6"), width: 3 },
        areaStyle: { color: colour("amount-1"), opacity: 0.55, origin: "start" },
        markPoint: end < 0 ? undefined : {
          symbol: "circle", symbolSize: 9, silent: true, itemStyle: { color: colour("amount-6") },
          data: [{ coord: [data.days[end], data.actual[end]] }],
          label: { show: true, formatter: `${word("actual")} ${headline(data.actual[end] ?? 0)}`, position: "right", distance: 8, offset: [0, 16], ...text(14, "ink"), fontWeight: 600 },
        },
      },
      ...(provisional >= 0 ? [{
        type: "line", data: data.actual.map((value, index) => (index >= Math.max(0, provisional - 1) ? value : null)), symbol: "none", z: 6, silent: true,
        lineStyle: { color: colour("amount-6"), width: 3 }, areaStyle: { color: hatch(colour("amount-4")), opacity: 1 },
      }] : []),
    ],
  };
  const chart = draw(figure, option as unknown as Option);
  offer(figure, chart, {
    head: [word("day"), word("plan"), word("actual")],
    rows: data.days.map((day, index) => [day, data.plan[index] ?? null, data.actual[index] ?? null]),
  }, "burn-up");
}

/** Room above the highest of plan, forecast and published figure, to a round number. */
function ceiling(data: Burnup): number {
  const all = [...data.plan, ...data.actual, ...(data.forecast?.high ?? []), data.published?.doses ?? 0];
  const top = 1.06 * Math.max(1, ...all.map((value) => value ?? 0));
  const unit = 10 ** Math.floor(Math.log10(top)) / 2;
  return Math.ceil(top / unit) * unit;
}

/** Ends of the lines carry their names; the published figure stands as a diamond of its own. */
function points(data: Burnup): object {
  const end = lastIndex(data.plan);
  const marks: object[] = end < 0 ? [] : [{
    coord: [data.days[end], data.plan[end]], symbolSize: 1,
    label: { show: true, formatter: `${word("plan")}\n${headline(data.plan[end] ?? 0)}`, position: "right", distance: 6, align: "left", ...text(12, "quiet") },
  }];
  if (data.published && data.days.includes(data.published.day)) {
    marks.push({
      coord: [data.published.day, data.published.doses], symbol: "diamond", symbolSize: 14, itemStyle: { color: colour("paper"), borderColor: colour("ink"), borderWidth: 2 },
      label: { show: true, formatter: `${word("published")} ${headline(data.published.doses)}`, position: "left", distance: 10, ...text(12, "ink") },
    });
  }
  return { symbol: "circle", silent: true, data: marks };
}

function said(data: Burnup, index: number): string {
  const plan = data.plan[index], actual = data.actual[index], mid = data.forecast?.mid[index];
  const rows = [shortDay(data.days[index] ?? "")];
  if (plan != null) rows.push(`${word("plan")}  ${exact(plan)}`);
  if (actual != null) rows.push(`${word("actual")}  ${exact(actual)}`);
  else if (mid != null) rows.push(`${word("forecast")}  ${exact(mid)}`);
  return rows.join("\n");
}
