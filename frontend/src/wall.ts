/** The wall: its views take turns, a key stops them, a view in the state "stop" holds the screen; fresh figures come by fetch. */
export {}; // a module: its names are its own

const TURN = 30_000;
const FRESH = 60_000;

let shown = 0;
let turning = true;

const page = (): HTMLElement | null => document.getElementById("wall");
const views = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".wall-view")];

function show(index: number): void {
  shown = index;
  views().forEach((view, number) => { view.hidden = number !== shown; });
}

/** The view that holds the screen, else the next one in turn. */
function turn(): void {
  if (!turning) return;
  const all = views();
  const held = all.findIndex((view, number) => number > 0 && view.dataset["state"] === "stop");
  show(held >= 0 ? held : (shown + 1) % Math.max(1, all.length));
}

function link(words: string): void {
  const place = document.querySelector(".wall-link");
  if (place) place.textContent = words;
}

/** The same page anew; while it cannot be had the last figures stay, stamped with the moment of the last contact. */
async function refresh(contact: { at: string }): Promise<void> {
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("wall");
    if (!fresh) throw new Error("no wall");
    page()?.replaceChildren(...fresh.childNodes);
    show(shown);
    contact.at = clock();
  } catch {
    link(`${page()?.dataset["lost"] ?? ""} ${contact.at}`);
  }
}

const clock = (): string => new Date().toTimeString().slice(0, 5);

document.addEventListener("DOMContentLoaded", () => {
  const contact = { at: clock() };
  document.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" || event.key === " ") show((shown + 1) % Math.max(1, views().length));
    turning = event.key === "Escape";
  });
  setInterval(turn, TURN);
  setInterval(() => void refresh(contact), FRESH);
});
