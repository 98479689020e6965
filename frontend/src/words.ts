/** Words and figures of charts, by the same rules as the pages. */
export type Words = Record<string, string>;

let cache: Words | undefined;

export function json<T>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no data block ${id}`);
  return JSON.parse(element.textContent ?? "null") as T;
}

export function words(): Words {
  cache ??= json<Words>("chart-words");
  return cache;
}

export const word = (key: string): string => words()[key] ?? key;

export const chinese = (): boolean => document.documentElement.lang.startsWith("zh");

export const exact = (value: number): string => Math.round(value).toLocaleString("en-US");

/** 1.24万, 2553.4万, 34.43亿; 12,400, 25.53 M, 3.443 bn. */
export function headline(value: number): string {
  const size = Math.abs(value);
  if (chinese()) {
    if (size >= 1e8) return `${(value / 1e8).toFixed(2)}亿`;
    if (size >= 1e6) return `${(value / 1e4).toFixed(1)}万`;
    return size >= 1e4 ? `${(value / 1e4).toFixed(2)}万` : exact(value);
  }
  if (size >= 1e9) return `${(value / 1e9).toFixed(3)} bn`;
  return size >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : exact(value);
}

/** Axis labels: as short as the figure allows. */
export function axis(value: number): string {
  if (value === 0) return "0";
  if (chinese()) return Math.abs(value) >= 1e4 ? `${+(value / 1e4).toFixed(1)}万` : `${value}`;
  if (Math.abs(value) >= 1e6) return `${+(value / 1e6).toFixed(1)} M`;
  return Math.abs(value) >= 1e3 ? `${+(value / 1e3).toFixed(1)}k` : `${value}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function shortDay(iso: string): string {
  const [, month, day] = iso.split("-").map(Number);
  if (!month || !day) return iso;
  return chinese() ? `${month}月${day}日` : `${day} ${MONTHS[month - 1]}`;
}
