/** Every console page: htmx for parts that change, charts where there are some, switches, and the search key. */
import "htmx.org";
import { frames } from "./frames";

/** A few views of one thing, one shown at a time; the choice is remembered on this device. */
function views(): void {
  for (const block of document.querySelectorAll<HTMLElement>("[data-views]")) {
    const kept = `view:${block.dataset["views"]}`;
    const buttons = [...block.querySelectorAll<HTMLButtonElement>("button[data-view]")];
    const show = (view: string | undefined): void => {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset["view"] === view));
      for (const part of block.querySelectorAll<HTMLElement>("[data-shown]")) part.hidden = part.dataset["shown"] !== view;
    };
    for (const button of buttons) {
      button.addEventListener("click", () => {
        localStorage.setItem(kept, button.dataset["view"] ?? "");
        show(button.dataset["view"]);
      });
    }
    show(buttons.find((button) => button.dataset["view"] === localStorage.getItem(kept))?.dataset["view"] ?? buttons[0]?.dataset["view"]);
  }
}

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

/** Only a page with a chart fetches what draws it. */
function charts(): void {
  const address = document.body.dataset["charts"];
  if (address && document.querySelector("[data-chart]")) void import(address);
}

document.addEventListener("DOMContentLoaded", () => {
  views();
  frames();
  charts();
  slash();
  choices();
  patience();
});
