/** A few lines over days or numbers, each named at its end, apart by stroke as well as by colour. */
import { axis, shortDay } from "../words";
import { colour, draw, text, tooltip } from "./common";
import { room } from "./figures";

interface Line {
  name: string;
  values: (number | null)[];
  look: "plain" | "limit";
}

interface Lines {
  x: string[];
  x_name: string;
  y_name: string;
  lines: Line[];
}

const HUES = ["amount-6", "product-3", "product-5", "product-2"];
const STROKES = ["solid", [8, 3], [3, 3], [10, 3, 2, 3]];
const DAY = /^\d{4}-\d\d-\d\d$/;
const said = (x: string): string => (DAY.test(x) ? shortDay(x) : x);
const figure2 = (value: number): string => (Math.abs(value) < 100 ? String(+value.toFixed(2)) : axis(value));

export function lines(figure: HTMLElement, data: Lines): void {
  const right = 14 + Math.max(0, ...data.lines.map((line) => room(line.name)));
  draw(figure, (width) => ({
    grid: { left: 52, right: Math.min(right, width / 3), top: 30, bottom: 44 },
    tooltip: {
      ...tooltip(),
      formatter: (rows: { dataIndex: number }[]) => {
        const at = rows[0]?.dataIndex ?? 0;
        return [said(data.x[at] ?? ""), ...data.lines.map(({ name, values }) => `${name}  ${figure2(values[at] ?? 0)}`)].join("\n");
      },
    },
    xAxis: { type: "category", data: data.x, boundaryGap: false, name: data.x_name, nameLocation: "middle", nameGap: 28, axisLabel: { ...text(12), formatter: said } },
    yAxis: { type: "value", scale: false, name: data.y_name, nameTextStyle: { ...text(12), align: "left" }, axisLabel: { ...text(12), formatter: figure2 } },
    series: data.lines.map(({ name, values, look }, index) => ({
      type: "line", name, data: values, symbol: "none", z: 3,
      lineStyle: look === "limit"
        ? { color: colour("ink"), width: 1.5, type: "dashed" }
        : { color: colour(HUES[index % HUES.length] ?? "ink"), width: 2.5, type: STROKES[index % STROKES.length] },
      endLabel: { show: true, formatter: name, distance: 6, ...text(12, look === "limit" ? "quiet" : "ink"), width: width / 3 - 14, overflow: "truncate" },
      labelLayout: { moveOverlap: "shiftY" },
    })),
  }));
}
