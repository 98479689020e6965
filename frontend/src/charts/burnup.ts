/** 进度曲线: plan dashed, done solid, forecast as a band, deadline and last useful days as labelled lines. */
import { axis, exact, headline, shortDay, word } from "../words";
import { colour, draw, text, tooltip, type Option } from "./common";
import { ceiling, gathered, lastIndex, room, stretches, type Milestone } from "./figures";
import { marked, type Mark } from "./marks";

export interface Burnup {
  days: string[];
  plan: (number | null)[];
  actual: (number | null)[];
  forecast: { low: (number | null)[]; mid: (number | null)[]; high: (number | null)[] } | null;
  deadline: string;
  last_first_dose: Milestone[];
  days_off: string[];
  published: { day: string; doses: number; name: string } | null;
}

const LEFT = 52;

function marks(data: Burnup): Mark[] {
  const last: Mark[] = gathered(data.last_first_dose, data.deadline).map(({ day, name }) => ({
    day, look: "dotted", name: `${word("last_first")}\n${name} ${shortDay(day)}`,
  }));
  return [...last, { day: data.deadline, look: "solid", name: `${word("deadline")}\n${shortDay(data.deadline)}` }];
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
  draw(figure, (width) => option(data, width));
}

function option(data: Burnup, width: number): Option {
  const plan = `${word("plan")}\n${headline(data.plan[lastIndex(data.plan)] ?? 0)}`;
  const right = room(plan) + 14;
  const top = marked(marks(data), data.days, LEFT, width - LEFT - right);
  const areas = stretches(data.days, data.days_off).map(([from, to]) => [{ xAxis: from }, { xAxis: to }]);
  const step = Math.max(1, Math.ceil(data.days.length / Math.max(2, Math.floor(width / 90))));
  return {
    grid: { left: LEFT, right, top: top.height + 12, bottom: 30 },
    tooltip: { ...tooltip(), formatter: (rows: { dataIndex: number }[]) => said(data, rows[0]?.dataIndex ?? 0) },
    xAxis: { type: "category", data: data.days, boundaryGap: false, axisLabel: { ...text(12), formatter: shortDay, interval: step - 1 } },
    yAxis: { type: "value", max: highest(data), axisLabel: { ...text(12), formatter: axis } },
    series: [
      ...band(data),
      {
        type: "line", name: word("plan"), data: data.plan, symbol: "none", z: 4,
        lineStyle: { color: colour("quiet"), width: 2, type: "dashed" },
        markArea: { silent: true, itemStyle: { color: colour("quiet"), opacity: 0.1 }, data: areas },
        markLine: { silent: true, symbol: "none", data: top.lines },
        markPoint: ends(data, plan),
      },
      ...done(data),
    ],
  };
}

const highest = (data: Burnup): number =>
  ceiling([...data.plan, ...data.actual, ...(data.forecast?.high ?? []), data.published?.doses ?? 0]);

/** What was given, with its figure at the end. */
function done(data: Burnup): object[] {
  const end = lastIndex(data.actual);
  const late = end > data.days.length * 0.7;
  const point = {
    symbol: "circle", symbolSize: 9, silent: true, itemStyle: { color: colour("amount-6") },
    data: [{ coord: [data.days[end], data.actual[end]] }],
    label: {
      show: true, formatter: `${word("actual")} ${headline(data.actual[end] ?? 0)}`, position: late ? "left" : "right",
      distance: 8, offset: [0, late ? -8 : 16], ...text(14, "ink"), fontWeight: 600,
    },
  };
  return [{
    type: "line", symbol: "none", lineStyle: { color: colour("amount-6"), width: 3 },
    name: word("actual"), data: data.actual, z: 5, markPoint: end < 0 ? undefined : point,
    areaStyle: { color: colour("amount-1"), opacity: 0.55, origin: "start" },
  }];
}

/** The plan's figure at its end; the published one as a diamond of its own, above the line. */
function ends(data: Burnup, plan: string): object {
  const end = lastIndex(data.plan);
  const points: object[] = end < 0 ? [] : [{
    coord: [data.days[end], data.plan[end]], symbolSize: 1,
    label: { show: true, formatter: plan, position: "right", distance: 8, align: "left", ...text(12) },
  }];
  if (data.published && data.days.includes(data.published.day)) {
    points.push({
      coord: [data.published.day, data.published.doses], symbol: "diamond", symbolSize: 14,
      itemStyle: { color: colour("paper"), borderColor: colour("ink"), borderWidth: 2 },
      label: { show: true, formatter: `${word("published")} ${headline(data.published.doses)}`, position: "left", distance: 10, offset: [0, -10], ...text(12, "ink") },
    });
  }
  return { symbol: "circle", silent: true, data: points };
}

function said(data: Burnup, index: number): string {
  const plan = data.plan[index], actual = data.actual[index], mid = data.forecast?.mid[index];
  const rows = [shortDay(data.days[index] ?? "")];
  if (plan != null) rows.push(`${word("plan")}  ${exact(plan)}`);
  if (actual != null) rows.push(`${word("actual")}  ${exact(actual)}`);
  else if (mid != null) rows.push(`${word("forecast")}  ${exact(mid)}`);
  return rows.join("\n");
}
