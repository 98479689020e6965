/** Stations: the scan field keeps the focus, observation clocks run on the device, the confirm button waits for all eleven. */
import { eleven, inquiry, keepFocus, tone } from "./desk";

function answer(): void {
  const element = document.querySelector(".answer.normal, .answer.stop, .answer.attention");
  if (element) tone(element.classList.contains("normal"));
}

/** Minutes left are counted from the page's own clock, so that a lost link stops nobody's time. */
function clocks(): void {
  const loaded = performance.now();
  const seats = [...document.querySelectorAll<HTMLElement>("[data-until]")];
  const unit = document.documentElement.lang.startsWith("zh") ? "分" : "min";
  const tick = (): void => {
    for (const seat of seats) {
      const now = Date.parse(seat.dataset["now"] ?? "") + performance.now() - loaded;
      const minutes = Math.ceil((Date.parse(seat.dataset["until"] ?? "") - now) / 60_000);
      const label = seat.querySelector("[data-left]");
      if (minutes > 0 && label) label.textContent = `${minutes} ${unit}`;
      if (minutes <= 0 && !seat.classList.contains("free") && !seat.classList.contains("case")) {
        seat.classList.add("free");
        seat.querySelector("button[value=leave]")?.removeAttribute("disabled");
      }
    }
  };
  if (seats.length) setInterval(tick, 15_000);
}

function link(): void {
  const label = document.querySelector<HTMLElement>("[data-link]");
  const show = (): void => {
    if (!label) return;
    label.textContent = (navigator.onLine ? label.dataset["up"] : label.dataset["down"]) ?? "";
    label.classList.toggle("normal", navigator.onLine);
    label.classList.toggle("stop", !navigator.onLine);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  keepFocus();
  answer();
  clocks();
  const [list, confirm] = [document.querySelector("[data-eleven]"), document.querySelector<HTMLButtonElement>("[data-confirm]")];
  if (list && confirm) eleven(list, confirm, document.querySelector("[name=override]"));
  const form = document.querySelector<HTMLFormElement>("[data-screening]");
  if (form) inquiry(form);
  link();
});
