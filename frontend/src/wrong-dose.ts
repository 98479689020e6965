/** The drawer of wrong doses: the server judges a card; with the cable pulled, or where there is no network, this device does, by the same rows. */
import type { Interlock, Params } from "./tablet/contract";
import { broken } from "./tablet/judge";
import { json } from "./words";

interface Said { sentence: string; rule: string }
interface Card { step: string; facts: Record<string, string>; values: Params; said: Record<string, Said> }
interface Told { rules: Interlock[]; cards: Record<string, Card> }
interface Judged { code: string; said: Record<string, Said> }

const told = json<Told>("wrong-doses");

function here({ step, facts, values, said }: Card): Judged {
  const [first] = broken(told.rules, step, { facts, values });
  return { code: first?.code ?? "", said };
}

async function there(address: string): Promise<Judged> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()) as Judged;
}

function show(name: string, { code, said }: Judged, by: "server" | "device"): void {
  const box = document.querySelector<HTMLElement>("[data-answer]");
  if (!box) return;
  const [title, rule, who] = ["h2", "p", "p"].map((tag) => document.createElement(tag)) as [HTMLElement, HTMLElement, HTMLElement];
  title.textContent = code ? said[code]?.sentence ?? code : box.dataset["good"] ?? "";
  rule.textContent = code ? said[code]?.rule ?? "" : "";
  who.textContent = box.dataset[by] ?? "";
  who.className = rule.className = "note";
  box.dataset["of"] = `${name} ${by}`;
  box.className = `answer ${code ? "stop" : "normal"}`;
  box.replaceChildren(title, ...(rule.textContent ? [rule] : []), who);
}

document.addEventListener("click", (event) => {
  const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("[data-card]");
  const name = link?.dataset["card"] ?? "";
  const card = told.cards[name];
  if (!link || !card) return;
  event.preventDefault();
  const pulled = document.querySelector<HTMLInputElement>("[data-cable]")?.checked;
  if (pulled) show(name, here(card), "device");
  else there(link.href).then((judged) => show(name, judged, "server"), () => show(name, here(card), "device"));
});
