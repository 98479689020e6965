/** Finds every figure on the page and draws it. */
import { json } from "../words";
import { bars } from "./bars";
import { burnup } from "./burnup";
import { map } from "./map";
import { places } from "./places";
import { schedule } from "./schedule";

const KINDS: Record<string, (figure: HTMLElement, data: never) => void | Promise<void>> = { burnup, map, bars, schedule, places };

export function startCharts(): void {
  for (const figure of document.querySelectorAll<HTMLElement>("[data-chart]")) {
    const kind = KINDS[figure.dataset["chart"] ?? ""];
    const source = figure.dataset["from"];
    if (kind && source) void kind(figure, json<never>(source));
  }
}
