/** Finds every figure on the page and draws it. */
import { json } from "../words";
import { bars } from "./bars";
import { burnup } from "./burnup";
import { offer } from "./common";
import { lines } from "./lines";
import { map } from "./map";
import { course, funnel } from "./monitors";
import { places } from "./places";
import { schedule } from "./schedule";

const KINDS: Record<string, (figure: HTMLElement, data: never) => void | Promise<void>> = {
  bars, burnup, course, funnel, lines, map, places, schedule,
};

for (const figure of document.querySelectorAll<HTMLElement>("[data-chart]")) {
  const kind = KINDS[figure.dataset["chart"] ?? ""];
  const source = figure.dataset["from"];
  offer(figure);
  if (kind && source) void kind(figure, json<never>(source));
}
