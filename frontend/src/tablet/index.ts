/** The site console without a network: one page that stays on the tablet. */
import { keepFocus } from "../desk";
import { json } from "../words";
import { App } from "./app";
import type { Told } from "./contract";
import { draw } from "./pages/frame";

const EVERY = 15_000;

/** One page of a site writes at a time: a second one waits until the first is closed. */
async function alone({ site, words, language }: Told, root: HTMLElement): Promise<void> {
  if (!navigator.locks) return;
  root.textContent = words[language]?.["other_tab"] ?? "";
  await new Promise<void>((mine) => void navigator.locks.request(`seawall-tablet-${site}`, () => { mine(); return new Promise(() => undefined); }));
  root.textContent = "";
}

async function keep({ urls }: Told): Promise<void> {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  await workers.register(urls.worker);
  // A station's page that cannot be reached opens this one: the same worker answers there, with nothing kept but the way here.
  await workers.register(urls.worker, { scope: urls.stations });
}

async function start(): Promise<void> {
  const told = json<Told>("told");
  const root = document.getElementById("tablet") as HTMLElement;
  await alone(told, root);
  const app = await App.start(told, (one) => draw(one, root));
  app.draw();
  keepFocus();
  setInterval(() => app.draw(), EVERY);
  await keep(told).catch(() => undefined);
}

void start();
