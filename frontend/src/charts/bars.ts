/** Small daily bars by dose rank, with the day's quota as a tick. */
import { axis, exact, shortDay, word } from "../words";
import { colour, draw, text, tooltip } from "./common";

interface Day {
  day: string;
  rank1: number;
  rank2: number;
  rank3: number;
  quota: number | null;
}

const RANKS = ["rank1", "rank2", "rank3"] as const;

export function bars(figure: HTMLElement, { days }: { days: Day[] }): void {
  draw(figure, () => ({
    grid: { left: 52, right: 12, top: 12, bottom: 28 },
    tooltip: { ...tooltip(), formatter: (rows: { dataIndex: number }[]) => said(days[rows[0]?.dataIndex ?? 0]) },
    xAxis: { type: "category", data: days.map((row) => row.day), axisLabel: { ...text(12), formatter: shortDay } },
    yAxis: { type: "value", axisLabel: { ...text(12), formatter: axis } },
    series: [
      ...RANKS.map((rank, index) => ({
        type: "bar", stack: "doses", name: word(rank), barCategoryGap: "28%", data: days.map((row) => row[rank]),
        itemStyle: { color: colour(`rank-${index + 1}`) },
      })),
      { type: "line", name: word("quota"), data: days.map((row) => row.quota), step: "middle", symbol: "none", lineStyle: { color: colour("ink"), width: 1.5, type: "dashed" } },
    ],
  }));
}

function said(row: Day | undefined): string {
  if (!row) return "";
  const parts = RANKS.map((rank) => `${word(rank)}  ${exact(row[rank])}`);
  return [shortDay(row.day), ...parts, row.quota == null ? "" : `${word("quota")}  ${exact(row.quota)}`].filter(Boolean).join("\n");
}
