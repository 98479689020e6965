/** The day as this tablet knows it: who is where, what waits to be sent, what was not taken; and the list on paper. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { App, Session } from "../app";
import type { Made } from "../store";
import { age, day, doseOf, here, icon, masked, stateTag } from "./parts";

const STATES: Record<string, string> = { arrived: "attention", screened: "attention", consented: "attention", observing: "normal", left: "closed", deferred: "closed", turned_away: "closed", gone: "closed" };

function conflict(app: App, session: Session, made: Made): TemplateResult {
  const { t, pick } = app.words;
  const { act } = made;
  const visit = session.day.visits.get("visit" in act.item ? act.item.visit : act.item.act);
  const one = visit && session.day.someone(visit);
  return html`<li><span class="what">${t(`verb_${act.verb}`)} · ${visit?.ticket ?? ""} ${one?.name ?? ""}</span><span class="stake">${app.time(act.at)}</span><span class="cure">${pick(made.answer?.conflict?.sentence)}</span
    ><span class="who"><button type="button" class="go small" @click=${() => void app.read(made)}>${t("seen")}</button></span></li>`;
}

function sending(app: App): TemplateResult {
  const { t } = app.words;
  return html`<section class="block"><div class="block-head"><h2>${t("way_to_server")}</h2></div>
    <p>${app.waits ? t("waits", { n: app.waits }) : t("all_sent")}</p><div class="btn-row left"><button type="button" class="go" data-send @click=${() => app.contactNow()}>${t("send_now")}</button></div></section>`;
}

function paper(app: App, session: Session): TemplateResult {
  const { t, pick } = app.words;
  const rows = [...session.day.appointments.values()].filter((row) => here(app, Date.parse(row.starts_at)) === app.today).sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  const columns = ["time", "name", "age", "document", "celsius", "findings_short", "consent", "lot", "trace_code", "given_at", "signature"];
  return html`<section class="block paper-list"><div class="block-head"><h2>${t("paper")}</h2><p class="note">${pick(session.day.bundle.site.name)} · ${day(app, app.today)} · ${t("people", { n: rows.length })}</p>
    <div class="block-tools"><button type="button" class="quietly" @click=${() => print()}>${icon(app, "print")}${t("print")}</button></div></div>
    <div class="frame-table tall" tabindex="0" role="region" aria-label=${t("paper")}><table class="data"><thead><tr>${columns.map((key) => html`<th scope="col">${t(key)}</th>`)}</tr></thead><tbody>${rows.map((row) => {
      const one = session.day.people.get(String(row.person));
      return one ? html`<tr><td>${app.time(row.starts_at)}</td><th scope="row">${one.name}</th><td>${age(app, one)}</td><td>${one.document}</td>${columns.slice(4).map(() => html`<td></td>`)}</tr>` : nothing;
    })}</tbody></table></div></section>`;
}

export function todayPage(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const rows = [...session.day.visits.values()].sort((a, b) => Date.parse(b.arrivedAt) - Date.parse(a.arrivedAt));
  return html`<div class="stack">
    ${session.conflicts.length ? html`<section class="block" data-conflicts><div class="block-head"><h2>${t("not_taken")} ${stateTag("attention", String(session.conflicts.length), true)}</h2><p class="note">${t("not_taken_how")}</p></div><ol class="trouble">${session.conflicts.map((made) => conflict(app, session, made))}</ol></section>` : nothing}
    ${sending(app)}
    <section class="block"><div class="block-head"><h2>${t("today")}</h2><p class="note">${t("people", { n: rows.length })}</p></div>
      ${rows.length ? html`<div class="frame-table" tabindex="0" role="region" aria-label=${t("today")}><table class="data"><thead><tr><th scope="col">${t("ticket")}</th><th scope="col">${t("name")}</th><th scope="col">${t("dose")}</th><th scope="col">${t("arrived")}</th><th scope="col">${t("state")}</th></tr></thead><tbody>${rows.map((row) => {
        const one = session.day.someone(row);
        return html`<tr><th scope="row">${row.ticket}</th><td>${one ? `${masked(one.name)} · ${age(app, one)}` : ""}</td><td>${doseOf(app, session, row)}</td><td>${app.time(row.arrivedAt)}</td><td><span class="word ${STATES[row.state] ?? "closed"}">${t(`state_${row.state}`)}</span></td></tr>`;
      })}</tbody></table></div>` : html`<div class="nothing">${t("nobody_yet")}</div>`}</section>
    ${paper(app, session)}</div>`;
}
