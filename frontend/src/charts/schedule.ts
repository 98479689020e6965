/** 倒排图: doses per day by rank, arrivals above, capacity as a line, last useful first-dose dates and today. */
import { axis, exact, shortDay, word } from "../words";
import { axisLook, colour, draw, gathered, offer, text, tooltip, type Option } from "./common";

interface Schedule {
  days: string[];
  rank1: number[];
  rank2: number[];
  rank3: number[];
  arrivals: number[];
  capacity: (number | null)[];
  today: string;
  last_first_dose: { day: string; name: string }[];
}

const RANKS = ["rank1", "rank2", "rank3"] as const;

export function schedule(figure: HTMLElement, data: Schedule): void {
  const near = (day: string): string => data.days.find((end) => end >= day) ?? data.days[data.days.length - 1] ?? day;
  const marks = gathered(data.last_first_dose, data.days[data.days.length - 1] ?? "").map((row) => ({
    xAxis: near(row.day), lineStyle: { color: colour("quiet"), type: "dotted", width: 1 },
    label: { formatter: `${word("last_first")}\n${row.name} ${shortDay(row.day)}`, position: "end", rotate: 0, align: "center", distance: 4, ...text(12) },
  }));
  const today = { xAxis: near(data.today), lineStyle: { color: colour("action"), type: "solid", width: 2 }, label: { formatter: word("today"), position: "end", rotate: 0, align: "center", distance: 4, ...text(12, "action") } };
  const x = { type: "category", data: data.days, ...axisLook(), splitLine: { show: false } };
  const option = {
    grid: [{ left: 60, right: 20, top: 24, height: 60 }, { left: 60, right: 20, top: 130, bottom: 30 }],
    tooltip: { ...tooltip(), formatter: (rows: { dataIndex: number }[]) => said(data, rows[0]?.dataIndex ?? 0) },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    xAxis: [{ ...x, gridIndex: 0, axisLabel: { show: false } }, { ...x, gridIndex: 1, axisLabel: { ...text(12), formatter: shortDay } }],
    yAxis: [0, 1].map((gridIndex) => ({ type: "value", gridIndex, splitNumber: gridIndex ? 5 : 2, ...axisLook(), axisLine: { show: false }, axisLabel: { ...text(12), formatter: axis }, name: gridIndex ? "" : word("arrivals"), nameTextStyle: { ...text(12), align: "left" }, nameGap: 8 })),
    series: [
      { type: "bar", xAxisIndex: 0, yAxisIndex: 0, name: word("arrivals"), data: data.arrivals, itemStyle: { color: colour("closed"), borderColor: colour("quiet"), borderWidth: 0.5 } },
      ...RANKS.map((rank, index) => ({
        type: "bar", xAxisIndex: 1, yAxisIndex: 1, stack: "doses", name: word(rank), barCategoryGap: "20%", data: data[rank], itemStyle: { color: colour(`rank-${index + 1}`) },
        ...(index ? {} : { markLine: { silent: true, symbol: "none", data: [...marks, today] } }),
      })),
      { type: "line", xAxisIndex: 1, yAxisIndex: 1, name: word("capacity"), data: data.capacity, symbol: "none", step: "middle", lineStyle: { color: colour("ink"), width: 1.5, type: "dashed" } },
    ],
  };
  const chart = draw(figure, option as unknown as Option);
  offer(figure, chart, {
    head: [word("day"), ...RANKS.map(word), word("arrivals"), word("capacity")],
    rows: data.days.map((day, i) => [day, data.rank1[i] ?? 0, data.rank2[i] ?? 0, data.rank3[i] ?? 0, data.arrivals[i] ?? 0, data.capacity[i] ?? null]),
  }, "back-schedule");
}

function said(data: Schedule, index: number): string {
  const parts = RANKS.map((rank) => `${word(rank)}  ${exact(data[rank][index] ?? 0)}`);
  const capacity = data.capacity[index];
  return [shortDay(data.days[index] ?? ""), ...parts, `${word("arrivals")}  ${exact(data.arrivals[index] ?? 0)}`, capacity == null ? "" : `${word("capacity")}  ${exact(capacity)}`].filter(Boolean).join("\n");
}
