/** Every console page: htmx for parts that change, Alpine for small switches, charts, and the search key. */
import Alpine from "@alpinejs/csp";
import "htmx.org";
import { startCharts } from "./charts/start";

/** A few views of one thing, one shown at a time; the choice is remembered on this device. */
function views(name: string, first: string): object {
  return {
    shown: localStorage.getItem(`view:${name}`) ?? first,
    show(this: { shown: string }, event: Event): void {
      this.shown = (event.currentTarget as HTMLElement).dataset["view"] ?? first;
      localStorage.setItem(`view:${name}`, this.shown);
      window.dispatchEvent(new Event("resize"));
    },
    isShown(this: { shown: string }, view: string): boolean {
      return this.shown === view;
    },
  };
}

Alpine.data("mapViews", () => views("map", "outline"));

function slash(): void {
  const search = document.querySelector<HTMLInputElement>("[data-slash]");
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    event.preventDefault();
    search?.focus();
  });
}

/** A select that changes the address submits its own form. */
function choices(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-submit]")) {
    select.addEventListener("change", () => select.form?.requestSubmit());
  }
}

/** What takes seconds says what is happening while it happens. */
function patience(): void {
  const show = (text: string): void => {
    const band = document.createElement("div");
    band.className = "patience";
    band.setAttribute("role", "status");
    band.append(document.createElement("progress"), text);
    setTimeout(() => document.body.append(band), 300);
  };
  for (const link of document.querySelectorAll<HTMLElement>("a[data-slow]")) {
    link.addEventListener("click", () => show(link.dataset["slow"] ?? ""));
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-slow]")) {
    form.addEventListener("submit", () => show(form.dataset["slow"] ?? ""));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  startCharts();
  slash();
  choices();
  patience();
});
Alpine.start();
