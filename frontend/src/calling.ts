/** The calling screen: fresh calls every few seconds; each new one is said aloud once somebody has switched the voice on. */
export {}; // a module: its names are its own

const FRESH = 3_000;
const PARTS = ["[data-calls]", "[data-waiting]"];

const said = new Set<string>();
let voice = false;

const clock = (): string => new Date().toTimeString().slice(0, 5);
const calls = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-call]")];

function link(words: string): void {
  const place = document.querySelector(".wall-link");
  if (place) place.textContent = words;
}

/** Says what was not said yet, the earliest call first; a call that came before the voice was on stays unsaid. */
function say(): void {
  for (const call of calls().reverse()) {
    const name = call.dataset["call"] ?? "";
    if (said.has(name)) continue;
    said.add(name);
    if (!voice) continue;
    const words = new SpeechSynthesisUtterance(call.dataset["say"] ?? "");
    words.lang = document.documentElement.lang;
    speechSynthesis.speak(words);
  }
}

async function refresh(contact: { at: string }): Promise<void> {
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of PARTS) {
      const [here, there] = [document.querySelector(part), fresh.querySelector(part)];
      if (!there) throw new Error("no screen");
      here?.replaceChildren(...there.childNodes);
    }
    contact.at = clock();
    link("");
    say();
  } catch {
    link(`${document.getElementById("calling")?.dataset["lost"] ?? ""} ${contact.at}`);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const contact = { at: clock() };
  const button = document.querySelector<HTMLButtonElement>("[data-voice]");
  say();
  if (button && "speechSynthesis" in window) {
    button.hidden = false;
    button.addEventListener("click", () => {
      voice = !voice;
      button.setAttribute("aria-pressed", String(voice));
    });
  }
  setInterval(() => void refresh(contact), FRESH);
});
