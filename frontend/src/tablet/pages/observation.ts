/** The observation room: whose time is over, who leaves early or unseen; the clocks run on the tablet. */
import { html, nothing, type TemplateResult } from "lit-html";
import { tone } from "../../desk";
import type { App, Session } from "../app";
import type { Visit } from "../day";
import { choices, masked, read, stateTag, told } from "./parts";

const left = (app: App, row: Visit): number => Math.ceil((Date.parse(row.until ?? "") - app.now) / 60_000);

async function end(app: App, session: Session, row: Visit, reason: string): Promise<void> {
  const item = { ...app.fresh(), site_id: app.told.site, visit: row.visit, doctor_post_id: session.by.post, early_reason: reason };
  if (!(await app.act({ verb: "observation_end", item }))) return;
  tone(true);
  told(app, app.words.t("gone", { ticket: row.ticket }));
}

function early(app: App, session: Session, row: Visit): TemplateResult {
  const { t } = app.words;
  return html`<section class="block" id="early"><div class="block-head"><h2>${t("leaving_early")}</h2></div>
    <form class="form reaction" @submit=${(event: SubmitEvent) => void end(app, session, row, String(read(event).get("reason")))}><p><b>${row.ticket}</b> ${session.day.someone(row)?.name}</p>
      <label class="field">${t("why")}<select name="reason" required autofocus>${choices(app, session.day.bundle.leavings)}</select></label>
      <div class="btn-row left"><button class="go big">${t("record_leaving")}</button><button type="button" class="go big" @click=${() => app.show({})}>${t("back")}</button></div></form></section>`;
}

function seat(app: App, session: Session, row: Visit): TemplateResult {
  const { t } = app.words;
  const minutes = left(app, row);
  const free = minutes <= 0 && !row.held;
  const risk = row.risk !== null && row.risk !== "NORMAL";
  return html`<li class="${row.held ? "case" : free ? "free" : ""}${risk ? " risk" : ""}" data-seat=${row.visit}><div class="seat-head"><b>${row.ticket}</b>${row.held ? stateTag("stop", t("held"), true) : nothing}</div>
    <span>${masked(session.day.someone(row)?.name ?? "")}</span><strong>${minutes > 0 ? t("min", { n: minutes }) : row.held ? t("stays") : t("may_leave")}</strong>
    <form @submit=${(event: SubmitEvent) => { event.preventDefault(); void end(app, session, row, ""); }}>${row.held ? nothing : html`<button class="go small" ?disabled=${!free}>${t("leave")}</button>`}${
      free ? nothing : html`<button type="button" class="go small" @click=${() => app.show({ early: row.visit })}>${t("early")}</button>`}</form></li>`;
}

export function observation(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const rows = session.day.queue("observing").sort((a, b) => Date.parse(a.until ?? "") - Date.parse(b.until ?? ""));
  const leaving = app.desk.early ? session.day.visits.get(app.desk.early) : undefined;
  return html`<div class="stack">${leaving ? early(app, session, leaving) : nothing}
    <section class="block"><dl class="figures spread"><div class="figure mid"><dt>${t("seats_used")}</dt><dd>${rows.length}</dd></div><div class="figure mid"><dt>${t("may_leave_now")}</dt><dd>${rows.filter((row) => left(app, row) <= 0 && !row.held).length}</dd></div></dl></section>
    ${rows.length ? html`<ul class="seats">${rows.map((row) => seat(app, session, row))}</ul>` : html`<section class="answer idle"><h2>${t("nobody_seated")}</h2></section>`}
    <p class="note">${t("unwell_how")}</p></div>`;
}
