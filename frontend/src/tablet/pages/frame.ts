/** Around every page of the tablet: the site, the link, who is at work, the stations; and what has to be said first. */
import { html, nothing, render, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";
import type { App, Session, Station } from "../app";
import { sayDay } from "../say";
import { arrival } from "./arrival";
import { injection } from "./injection";
import { lockPage } from "./lock";
import { observation } from "./observation";
import { icon, type Page, strip } from "./parts";
import { screening } from "./screening";
import { todayPage } from "./today";

const PAGES: Record<Station, (app: App, session: Session) => TemplateResult> = { arrival, screening, injection, observation, today: todayPage };
const ICONS: Record<Station, string> = { arrival: "arrival", screening: "screening", injection: "injection", observation: "observation", today: "table" };

const mark = html`<svg viewBox="0 0 32 32" aria-hidden="true">
  <path d="M3 22c4 0 4-3 8-3s4 3 8 3 4-3 8-3" fill="none" stroke="#5fa8ff" stroke-width="2.5" stroke-linecap="round" />
  <path d="M7 16V6h18v10" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" />
  <path d="M13 6v10M19 6v10M7 11h18" stroke="currentColor" stroke-width="2" />
  <path d="M3 28c4 0 4-3 8-3s4 3 8 3 4-3 8-3" fill="none" stroke="#5fa8ff" stroke-width="2.5" stroke-linecap="round" opacity=".55" /></svg>`;

function languages(app: App): TemplateResult {
  const others = app.told.languages.filter((code) => code !== app.words.language);
  return html`<span class="langs">${others.map((code) => html`<button type="button" class="lang" lang=${code} @click=${() => { app.words.change(code); app.draw(); }}>${
    app.told.words[code]?.["language"] ?? code}</button>`)}</span>`;
}

function top(app: App, session: Session): TemplateResult {
  const { t, pick, language } = app.words;
  const { bundle } = session.day;
  return html`<header class="top">
    <div class="top-campaign">${bundle.campaigns.map((row) => pick(row.name)).join(" · ")}<small>${t("title")}</small></div>
    <div class="top-area">${icon(app, "pin")}<strong>${pick(bundle.site.name)}</strong></div>
    <div class="top-right">
      <div class="top-clock"><b>${app.time(app.now)}</b><small>${sayDay(app.today, language, { weekday: true })}</small></div>
      ${languages(app)}
      <div class="top-post"><b>${session.signer.name}</b><small>${t("on_duty")}</small></div>
      <button type="button" class="go" data-lock @click=${() => app.lock()}>${icon(app, "lock")}${t("switch")}</button>
    </div>
  </header>`;
}

function bands(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const off = app.clock.off;
  return html`<section class="bands" aria-label=${t("notices")}>
    ${session.day.bundle.synthetic ? html`<div class="band synthetic" role="note"><strong>${t("synthetic")}</strong></div>` : nothing}
    ${app.ended ? html`<div class="band refusal" role="alert">${t("ended", { at: sayDay(session.day.bundle.days[0] ?? "", app.words.language) })}</div>` : nothing}
    ${off ? html`<div class="band attention" role="status">${t(`clock_${off.how}`, { n: off.minutes })}<button type="button" class="quietly" @click=${() => { app.clock.off = undefined; app.draw(); }}>${t("seen")}</button></div>` : nothing}
    ${app.said ? html`<div class="band ${app.said.state}" role=${app.said.state === "done" ? "status" : "alert"}>${app.said.text}</div>` : nothing}
  </section>`;
}

/** "no link since 10:42 · 14 acts wait" */
function link(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const down = app.downSince !== undefined;
  return html`<span class="word ${down ? "stop" : "normal"}" data-link role="status">${down ? t("no_link_since", { time: app.time(app.clock.now() - (Date.now() - (app.downSince ?? 0))) }) : t("linked")}</span
    >${app.waits ? html`<span class="word attention" data-waits=${app.waits}>${t("acts_wait", { n: app.waits })}</span>` : nothing}<span class="note" data-made=${session.day.bundle.made_at}>${
    t("data_of", { time: app.time(session.day.bundle.made_at) })}</span>`;
}

function page(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const visit = app.desk.visit ? session.day.visits.get(app.desk.visit) : undefined;
  const person: Page = visit && app.station !== "observation" ? strip(app, session, visit) : nothing;
  const tab = (code: Station): TemplateResult => html`<button type="button" aria-current=${code === app.station ? "page" : nothing} data-station=${code} @click=${() => app.go(code)}>${
    icon(app, ICONS[code])}<span>${t(code)}</span>${code === "today" && session.conflicts.length ? html`<b class="count">${session.conflicts.length}</b>` : nothing}</button>`;
  return html`<div class="side tablet">${top(app, session)}${bands(app, session)}
    <main class="desk" id="page"><div class="station">
      <h1 class="visually-hidden">${t(app.station)}</h1>
      <header class="station-bar"><nav class="station-tabs" aria-label=${t("stations")}>${app.stations(session).map(tab)}</nav>
        <div class="station-duty">${link(app, session)}</div></header>
      ${person}${keyed(`${app.station} ${app.desk.visit} ${app.desk.code} ${app.words.language}`, PAGES[app.station](app, session))}
    </div></main></div>`;
}

let scene = "";

/** Draws all of it; the focus goes to the scan field, or to where the page begins, only when another page stands there. */
export function draw(app: App, root: HTMLElement): void {
  document.documentElement.lang = app.words.language;
  document.body.classList.toggle("front", !app.session);
  document.title = `${app.words.t(app.session ? app.station : "title")} · ${app.words.t("seawall")}`;
  render(app.session ? page(app, app.session) : lockPage(app, languages(app), mark), root);
  const now = [app.session?.by.kid, app.enrolling, app.station, app.turn].join(" ");
  if (now === scene) return;
  scene = now;
  (root.querySelector<HTMLElement>("[autofocus]") ?? root.querySelector<HTMLElement>("[data-scan]"))?.focus();
}
