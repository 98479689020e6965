/** 倒排图: doses per day by rank, arrivals above, capacity as a line, last useful first-dose dates and today. */
import { axis, exact, shortDay, word } from "../words";
import { colour, draw, text, tooltip, type Option } from "./common";
import { gathered, type Milestone } from "./figures";
import { marked, type Mark } from "./marks";

interface Schedule {
  days: string[];
  rank1: number[];
  rank2: number[];
  rank3: number[];
  arrivals: number[];
  capacity: (number | null)[];
  today: string;
  last_first_dose: Milestone[];
}

const RANKS = ["rank1", "rank2", "rank3"] as const;
const [LEFT, RIGHT, ARRIVALS] = [60, 20, 56];

function marks(data: Schedule): Mark[] {
  const end = data.days[data.days.length - 1] ?? "";
  const near = (day: string): string => data.days.find((one) => one >= day) ?? end;
  const last: Mark[] = gathered(data.last_first_dose, end).map((row) => ({
    day: near(row.day), look: "dotted", name: `${word("last_first")}\n${row.name} ${shortDay(row.day)}`,
  }));
  return [{ day: near(data.today), look: "today", name: word("today") }, ...last];
}

export function schedule(figure: HTMLElement, data: Schedule): void {
  draw(figure, (width) => option(data, width));
}

function option(data: Schedule, width: number): Option {
  const top = marked(marks(data), data.days, LEFT, width - LEFT - RIGHT);
  const begin = 24 + ARRIVALS + 12 + top.height;
  const x = { type: "category", data: data.days };
  return {
    grid: [{ left: LEFT, right: RIGHT, top: 24, height: ARRIVALS }, { left: LEFT, right: RIGHT, top: begin, bottom: 30 }],
    tooltip: { ...tooltip(), formatter: (rows: { dataIndex: number }[]) => said(data, rows[0]?.dataIndex ?? 0) },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    xAxis: [{ ...x, gridIndex: 0, axisLabel: { show: false } }, { ...x, gridIndex: 1, axisLabel: { ...text(12), formatter: shortDay } }],
    yAxis: [0, 1].map((gridIndex) => ({
      type: "value", gridIndex, splitNumber: gridIndex ? 5 : 2, axisLabel: { ...text(12), formatter: axis },
      name: gridIndex ? "" : word("arrivals"), nameTextStyle: { ...text(12), align: "left" }, nameGap: 8,
    })),
    series: [
      { type: "bar", xAxisIndex: 0, yAxisIndex: 0, name: word("arrivals"), data: data.arrivals, itemStyle: { color: colour("closed"), borderColor: colour("quiet"), borderWidth: 0.5 } },
      ...RANKS.map((rank, index) => ({
        type: "bar", xAxisIndex: 1, yAxisIndex: 1, stack: "doses", name: word(rank), barCategoryGap: "20%", data: data[rank],
        itemStyle: { color: colour(`rank-${index + 1}`) },
        ...(index ? {} : { markLine: { silent: true, symbol: "none", data: top.lines } }),
      })),
      { type: "line", xAxisIndex: 1, yAxisIndex: 1, name: word("capacity"), data: data.capacity, symbol: "none", step: "middle", lineStyle: { color: colour("ink"), width: 1.5, type: "dashed" } },
    ],
  };
}

function said(data: Schedule, index: number): string {
  const parts = RANKS.map((rank) => `${word(rank)}  ${exact(data[rank][index] ?? 0)}`);
  const capacity = data.capacity[index];
  return [shortDay(data.days[index] ?? ""), ...parts, `${word("arrivals")}  ${exact(data.arrivals[index] ?? 0)}`, capacity == null ? "" : `${word("capacity")}  ${exact(capacity)}`].filter(Boolean).join("\n");
}
