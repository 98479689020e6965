/** What the pages of the tablet share: icons, people, sentences, choices. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { App, Session } from "../app";
import type { Choice } from "../contract";
import type { Someone, Visit } from "../day";
import { type Broken, dueOn } from "../judge";
import { sayDay } from "../say";
import { ageOn, civilDay } from "../time";

export type Page = TemplateResult | typeof nothing;

export const icon = (app: App, name: string): TemplateResult =>
  html`<svg class="icon" aria-hidden="true"><use href="${app.told.urls.icons}#${name}"></use></svg>`;

export const stateTag = (state: string, word: string, small = false): TemplateResult =>
  html`<span class="state-tag ${state}${small ? " small" : ""}">${word}</span>`;

export const age = (app: App, one: Someone): number => ageOn(one.birth, app.today);
export const minutesSince = (app: App, moment: string): number => Math.max(0, Math.floor((app.now - Date.parse(moment)) / 60_000));
export const day = (app: App, text: string): string => sayDay(text, app.words.language);
export const productNames = (app: App, session: Session, codes: readonly string[]): string =>
  codes.map((code) => app.words.pick(session.day.bundle.products[code]?.name) || code).join(" / ");

/** A name as lists show it: 张*三, Ana P***. */
export function masked(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name.split(/\s+/).map((word) => `${word[0] ?? ""}***`).join(" ");
  return name.length > 2 ? `${name[0]}*${name.slice(2)}` : `${name.slice(0, 1)}*`;
}

export function doseOf(app: App, session: Session, visit: Visit): string {
  const due = dueOn(session.day.someone(visit), visit.programme, visit.day);
  const n = due?.rank ?? (due ? due.given + 1 : 1);
  const of = due?.products.map((code) => session.day.bundle.products[code]?.series).find(Boolean);
  return of ? app.words.t("dose_of", { n, of }) : app.words.t("dose_n", { n });
}

export const flags = (app: App, one: Someone, programme: string): TemplateResult => html`${
  one.known?.minor[programme] ? stateTag("attention", app.words.t("minor"), true) : nothing}${
  one.known ? nothing : stateTag("attention", app.words.t("no_record"), true)}`;

/** The person whose turn it is, over every station but the observation. */
export function strip(app: App, session: Session, visit: Visit): Page {
  const one = session.day.someone(visit);
  if (!one) return nothing;
  return html`<section class="strip">
    <b class="ticket">${visit.ticket}</b><span class="strip-name">${one.name}</span><span>${app.words.t("years", { age: age(app, one) })}</span
    ><span class="note">${one.document}</span><span class="strip-dose">${doseOf(app, session, visit)}</span>${flags(app, one, visit.programme)}
  </section>`;
}

export const sentenceOf = (app: App, why: Broken): string => app.sentence(why.code, why.params);

/** Why not: the sentence, and the rule behind it. */
export function cited(app: App, session: Session, why: Broken): TemplateResult {
  const rule = session.sayer.rule(why.code, app.words.language);
  return html`<h2>${sentenceOf(app, why)}</h2>${rule ? html`<p class="note">${app.words.t("rule")}: ${rule}</p>` : nothing}`;
}

export const choices = (app: App, rows: readonly Choice[]): TemplateResult =>
  html`<option value="">–</option>${rows.map((row) => html`<option value=${row.code}>${app.words.pick(row.text)}</option>`)}`;

/** Tickets that wait at a station; `pick` calls one to the desk. */
export function queue(app: App, session: Session, rows: readonly Visit[], pick?: (visit: Visit) => void): TemplateResult {
  const longest = Math.max(0, ...rows.map((row) => minutesSince(app, row.arrivedAt)));
  const ticket = (row: Visit): TemplateResult => {
    const one = session.day.someone(row);
    return html`<b>${row.ticket}</b><span>${one ? `${masked(one.name)} · ${age(app, one)}` : ""}</span
      ><span class="note">${doseOf(app, session, row)} · ${app.words.t("min", { n: minutesSince(app, row.arrivedAt) })}</span>`;
  };
  return html`<section class="block queue">
    <div class="block-head"><h2>${app.words.t("next_tickets")}</h2><p class="note">${app.words.t("waiting", { n: rows.length, longest })}</p></div>
    ${rows.length
      ? html`<ol class="tickets">${rows.map((row) => html`<li>${pick
          ? html`<button type="button" class="ticket-row" data-visit=${row.visit} @click=${() => pick(row)}>${ticket(row)}</button>`
          : html`<div class="ticket-row">${ticket(row)}</div>`}</li>`)}</ol>`
      : html`<div class="nothing">${app.words.t("nobody_waits")}</div>`}
  </section>`;
}

export const fold = (app: App, inside: TemplateResult): TemplateResult =>
  html`<details class="queue-fold"><summary>${app.words.t("next_tickets")}</summary>${inside}</details>`;

/** Whoever goes before the dose, with the reason. */
export function withoutDose(app: App, session: Session, visit: Visit): TemplateResult {
  const leave = async (event: SubmitEvent): Promise<void> => {
    const reason = String(read(event).get("reason"));
    const done = await app.act({ verb: "visit_leave", item: { ...app.fresh(), site_id: app.told.site, visit: visit.visit, reason } });
    if (done) told(app, app.words.t("visit_ended", { ticket: visit.ticket }));
  };
  return html`<details class="otherwise"><summary class="go big">${app.words.t("left_without")}</summary>
    <form class="form inline" @submit=${leave}>
      <label class="field">${app.words.t("why_left")}<select name="reason" required>${choices(app, session.day.bundle.without_dose)}</select></label
      ><button class="go big">${app.words.t("end_visit")}</button>
    </form></details>`;
}

/** The form of a press, which goes nowhere by itself. */
export function read(event: SubmitEvent): FormData {
  event.preventDefault();
  return new FormData(event.target as HTMLFormElement, event.submitter);
}

/** Back to the empty desk with a word of what was done. */
export function told(app: App, text: string): void {
  app.show({});
  app.said = { state: "done", text };
  app.draw();
}

export const here = (app: App, moment: number): string => civilDay(moment, app.told.zone);
