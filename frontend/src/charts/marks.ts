/** Labelled lines across a chart of days: their words stand above it, on as many levels as they need. */
import { colour, text } from "./common";
import { levels, type Milestone } from "./figures";

const LEVEL = 32;

export interface Mark extends Milestone {
  look: "dotted" | "solid" | "today";
}

const LOOKS = {
  dotted: { colour: "quiet", type: "dotted", width: 1, weight: 400 },
  solid: { colour: "ink", type: "solid", width: 2, weight: 600 },
  today: { colour: "action", type: "solid", width: 2, weight: 600 },
} as const;

export interface Marked {
  lines: object[];
  height: number;
}

/** The lines, and the height that their words take. `left` and `width` are those of the plot in pixels. */
export function marked(marks: Mark[], days: string[], left: number, width: number): Marked {
  const sorted = [...marks].sort((a, b) => (a.day < b.day ? -1 : 1));
  const place = (day: string): number => left + (width * Math.max(0, days.indexOf(day))) / Math.max(1, days.length - 1);
  const stood = levels(sorted.map(({ day, name }) => ({ at: place(day), text: name })));
  const lines = sorted.map(({ day, name, look }, index) => {
    const { colour: ink, type, width: thick, weight } = LOOKS[look];
    const distance = 4 + LEVEL * (stood[index] ?? 0);
    return {
      xAxis: day, symbol: "none", lineStyle: { color: colour(ink), type, width: thick },
      label: { position: "end", rotate: 0, align: "center", distance, formatter: name, ...text(12, ink), fontWeight: weight },
    };
  });
  return { lines, height: LEVEL * (Math.max(-1, ...stood) + 1) };
}
