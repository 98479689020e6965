/** The reckoning behind the pictures: gathered days, labels that do not meet, rows as CSV. No page is needed to run it. */
export interface Milestone {
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

/** Neighbouring days off become one shaded stretch. */
export function stretches(days: string[], off: string[]): [string, string][] {
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

export const lastIndex = (values: (number | null)[]): number =>
  values.reduce<number>((best, value, index) => (value === null ? best : index), -1);

/** A round number above all values, with room for a label. */
export function ceiling(values: (number | null)[]): number {
  const top = 1.06 * Math.max(1, ...values.map((value) => value ?? 0));
  const unit = 10 ** Math.floor(Math.log10(top)) / 2;
  return Math.ceil(top / unit) * unit;
}

const WIDE = /[\u2e80-\u9fff\uff00-\uffef]/;

/** About how many pixels the longest line of a label takes. */
export function room(label: string, size = 12): number {
  const line = (text: string): number => [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? size : size * 0.58), 0);
  return Math.ceil(Math.max(0, ...label.split("\n").map(line)));
}

export interface Label {
  at: number;
  text: string;
}

/** The level on which each label stands, 0 lowest: labels of one level leave a gap between them. Given in the order of their places. */
export function levels(labels: Label[], gap = 8): number[] {
  const ends: number[] = [];
  return labels.map(({ at, text }) => {
    const half = room(text) / 2;
    let level = ends.findIndex((end) => end + gap <= at - half);
    if (level < 0) level = ends.length;
    ends[level] = at + half;
    return level;
  });
}

/** Rows as a file for spreadsheets. */
export function csv(rows: string[][]): string {
  const quote = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  return rows.map((row) => row.map(quote).join(",") + "\r\n").join("");
}
