/** The inquiry and the consent, read aloud and signed by whoever is at work here. */
import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { inquiry as keys, tone } from "../../desk";
import type { App, Session } from "../app";
import type { ConsentText, Question, Screening } from "../contract";
import type { Visit } from "../day";
import { asked, dueOn, screening as judge } from "../judge";
import { later } from "../time";
import { age, choices, cited, day, fold, productNames, queue, read, told, withoutDose } from "./parts";

const OFF = ["forbid", "defer", "limit"];

const listen = (form: Element | undefined): void => {
  if (form) keys(form as HTMLFormElement);
};

/** The text in the reader's language, else the newest there is. */
function consentText(app: App, session: Session, visit: Visit): ConsentText | undefined {
  const texts = session.day.bundle.consents[visit.programme] ?? [];
  return texts.filter((row) => row.language === app.words.language).at(-1) ?? texts.at(-1);
}

async function record(app: App, session: Session, visit: Visit, event: SubmitEvent): Promise<void> {
  const form = read(event);
  const outcome = String(form.get("outcome"));
  const text = (name: string): string => String(form.get(name) ?? "");
  const answers = [...form.entries()].filter(([name]) => name.startsWith("q_")).map(([name, value]) => [name.slice(2), value] as const);
  const found = answers.filter(([, value]) => value === "yes").map(([code]) => code);
  const reason = text("reason");
  const consent = consentText(app, session, visit);
  const item: Screening = {
    ...app.fresh(), site_id: app.told.site, visit: visit.visit, clinician_post_id: session.by.post, outcome,
    celsius: text("celsius") ? Number(text("celsius")) : null,
    findings: outcome !== "recommended" && reason ? [reason, ...found.filter((code) => code !== reason)] : found,
    recheck_on: outcome === "deferred" && text("recheck") ? text("recheck") : null, answered: answers.map(([code]) => code),
    consent: consent && form.has("agreed") ? { version: consent.version, language: consent.language, signer: text("signer"), agreed: text("agreed") === "1" } : null,
  };
  const stopped = judge(session.day, item);
  if (stopped.length) {
    app.desk.stopped = stopped;
    tone(false);
    return app.draw();
  }
  if (!(await app.act({ verb: "screening_record", item }))) return;
  tone(true);
  told(app, app.words.t("screened", { ticket: visit.ticket }));
}

function question(app: App, row: Question, first: boolean): TemplateResult {
  const { t, pick } = app.words;
  return html`<li><span id="q-${row.code}">${pick(row.text)}</span><span class="yesno" role="radiogroup" aria-labelledby="q-${row.code}">
    <label><input type="radio" name="q_${row.code}" value="no" required ?autofocus=${first}>${t("no")}</label>
    <label><input type="radio" name="q_${row.code}" value="yes">${t("yes")}</label></span></li>`;
}

function form(app: App, session: Session, visit: Visit): TemplateResult {
  const { t, pick } = app.words;
  const { bundle } = session.day;
  const one = session.day.someone(visit);
  const known = bundle.questions[visit.programme] ?? [];
  const ask = new Set(asked(session.day, visit));
  const questions = known.filter((row) => ask.has(row.code));
  const consent = consentText(app, session, visit);
  const guardian = consent !== undefined && one !== undefined && age(app, one) < consent.guardian_below;
  const signers = guardian ? ["guardian"] : ["self", "guardian"];
  const due = dueOn(one, visit.programme, app.today);
  return html`<form class="stack" data-screening ${ref(listen)} @submit=${(event: SubmitEvent) => void record(app, session, visit, event)}>
    <section class="block"><div class="block-head"><h2>${t("inquiry")}</h2><p class="note">${t("inquiry_how")}</p></div>
      <ol class="questions">${questions.map((row, i) => question(app, row, i === 0))}</ol>
      <div class="form inline"><label class="field">${t("celsius")}<input name="celsius" type="number" step="0.1" min=${bundle.limits["CELSIUS_LOWEST"] ?? nothing} max=${bundle.limits["CELSIUS_HIGHEST"] ?? nothing} inputmode="decimal" required></label>
        <p>${t("by")} <b>${session.signer.name}</b></p></div></section>
    <section class="block"><div class="block-head"><h2>${t("due")}</h2></div><p>${due ? html`${t(`due_${due.status}`, { rank: due.rank ?? "" })} · ${productNames(app, session, due.products)}` : one?.said || t("due_unknown")}</p></section>
    <section class="block"><div class="block-head"><h2>${t("consent")}</h2><p class="note">${consent ? t("version", { v: consent.version }) : t("no_text")}</p></div>
      <p>${consent ? pick(consent.text) : ""}</p>
      <div class="form inline"><label class="field">${t("signed_by")}<select name="signer">${signers.map((who) => html`<option value=${who}>${t(who === "self" ? "recipient" : "guardian")}</option>`)}</select></label>
        <fieldset class="yesno"><legend class="visually-hidden">${t("consent")}</legend><label><input type="radio" name="agreed" value="1" required>${t("agrees")}</label><label><input type="radio" name="agreed" value="0">${t("agrees_not")}</label></fieldset></div></section>
    <div class="btn-row sticky">
      <details class="otherwise"><summary class="go big">${t("later_or_not")}</summary><div class="form inline">
        <label class="field">${t("reason")}<select name="reason">${choices(app, known.filter((row) => OFF.includes(row.effect)))}</select></label>
        <label class="field">${t("recheck")}<input name="recheck" type="date" min=${later(app.today, 1)}></label>
        <button class="go big" name="outcome" value="deferred" formnovalidate>${t("later")}</button><button class="go danger big" name="outcome" value="unsuitable" formnovalidate>${t("unsuitable")}</button></div></details>
      <button class="go primary big" name="outcome" value="recommended">${t("recommend")}</button></div>
  </form>`;
}

export function screening(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const waiting = session.day.queue("arrived");
  const visit = app.desk.visit ? session.day.visits.get(app.desk.visit) : undefined;
  const list = queue(app, session, waiting, (row) => app.show({ visit: row.visit }));
  if (visit)
    return html`<div class="stack">
      ${app.desk.stopped.length ? html`<section class="answer stop" role="alert">${app.desk.stopped.map((why) => cited(app, session, why))}</section>` : nothing}
      ${form(app, session, visit)}${withoutDose(app, session, visit)}${fold(app, list)}</div>`;
  const next = waiting[0];
  return html`<div class="cols"><div class="c8 stack"><section class="answer idle"><h2>${t("call_next")}</h2>${next
    ? html`<button type="button" class="go primary big" data-next autofocus @click=${() => app.show({ visit: next.visit })}>${t("call_ticket", { ticket: next.ticket })}</button>` : nothing}
    <p class="note">${day(app, app.today)}</p></section></div><div class="c4">${list}</div></div>`;
}
