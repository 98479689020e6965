/** Small daily bars by dose rank, with the day's quota as a tick. */
import { axis, exact, shortDay, word } from "../words";
import { axisLook, colour, draw, offer, text, tooltip, type Option } from "./common";

interface Day {
  day: string;
  rank1: number;
  rank2: number;
  rank3: number;
  quota: number | null;
}

const RANKS = ["rank1", "rank2", "rank3"] as const;

export function bars(figure: HTMLElement, data: Day[]): void {
  const option = {
    grid: { left: 52, right: 12, top: 12, bottom: 28 },
    tooltip: { ...tooltip(), formatter: (rows: { dataIndex: number }[]) => said(data[rows[0]?.dataIndex ?? 0]) },
    xAxis: { type: "category", data: data.map((row) => row.day), ...axisLook(), splitLine: { show: false }, axisLabel: { ...text(12), formatter: shortDay } },
    yAxis: { type: "value", ...axisLook(), axisLine: { show: false }, axisLabel: { ...text(12), formatter: axis } },
    series: [
      ...RANKS.map((rank, index) => ({
        type: "bar", stack: "doses", name: word(rank), barCategoryGap: "28%", data: data.map((row) => row[rank]),
        itemStyle: { color: colour(`rank-${index + 1}`) },
      })),
      { type: "line", name: word("quota"), data: data.map((row) => row.quota), step: "middle", symbol: "none", lineStyle: { color: colour("ink"), width: 1.5, type: "dashed" } },
    ],
  };
  const chart = draw(figure, option as unknown as Option);
  offer(figure, chart, {
    head: [word("day"), ...RANKS.map(word), word("quota")],
    rows: data.map((row) => [row.day, row.rank1, row.rank2, row.rank3, row.quota]),
  }, "daily-doses");
}

function said(row: Day | undefined): string {
  if (!row) return "";
  const parts = RANKS.map((rank) => `${word(rank)}  ${exact(row[rank])}`);
  return [shortDay(row.day), ...parts, row.quota == null ? "" : `${word("quota")}  ${exact(row.quota)}`].filter(Boolean).join("\n");
}
