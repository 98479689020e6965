/** The injection: the person left, the vial right, and whether they may meet; the eleven checks; a dose taken back within its moment. */
import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import { eleven, tone } from "../../desk";
import type { App, Session } from "../app";
import { digestOf } from "../bytes";
import { documentNumber, isCode, readCode } from "../codes";
import type { Check, Dose, Pack } from "../contract";
import type { Visit } from "../day";
import { type Broken, dosing, dueOn, vial } from "../judge";
import { choices, cited, day, doseOf, fold, productNames, queue, read, sentenceOf, stateTag, told, age, withoutDose } from "./parts";

const PACKS_SHOWN = 6;
const GROUPS = ["look", "match", "verify"];

/** The pack under a code as the books name it; a code that names only a lot stands for its pack to use first. */
function packOf(session: Session, text: string): { pack?: Pack; why?: Broken } {
  const code = readCode(text);
  if (!isCode(code)) return { why: { ...code, soft: false } };
  const of = code.form === "lot" ? [...session.day.packs.values()].filter((row) => row.lot === code.lot && row.left > 0) : [];
  const pack = session.day.pack(code.key) ?? of.sort((a, b) => Number(a.open_until === null) - Number(b.open_until === null))[0];
  return pack ? { pack } : {};
}

/** What the act itself would be answered with every check made, by the first arm of the product. */
function tried(app: App, session: Session, visit: Visit, product: string, code: string): Dose {
  const { bundle } = session.day;
  return {
    act: "", occurred_at: new Date(app.now).toISOString(), site_id: app.told.site, visit: visit.visit, code, product, arm: bundle.products[product]?.route.arms[0] ?? "L",
    vaccinator_post_id: session.by.post, checks: bundle.checks.map((row) => row.code), override_reason: "", typed: false,
  };
}

interface Decision { pack: Pack | undefined; hard: Broken[]; soft: Broken[] }

export function decide(app: App, session: Session, visit: Visit): Decision {
  const { code } = app.desk;
  const due = dueOn(session.day.someone(visit), visit.programme, app.today);
  const { pack, why } = code ? packOf(session, code) : {};
  const item = tried(app, session, visit, pack?.product ?? due?.products[0] ?? "", pack?.code ?? code);
  const found = dosing(session.day, item);
  const ofVial = why ? [why] : code ? vial(session.day, item) : [];
  return { pack, hard: [...found.filter((row) => !row.soft), ...ofVial], soft: found.filter((row) => row.soft) };
}

/** A scan: of the person's card while nobody is at the desk, else of the vial. The answer stands at once. */
async function scanned(app: App, session: Session, text: string, typed: boolean): Promise<void> {
  const visit = app.desk.visit ? session.day.visits.get(app.desk.visit) : undefined;
  if (visit) {
    app.show({ visit: visit.visit, code: text, typed });
    tone(!decide(app, session, visit).hard.length);
    return;
  }
  const card = session.day.ofDocument(await digestOf(session.day.bundle.salt, documentNumber(text)));
  const called = session.day.queue("consented").find((row) => row.person === card?.key || String(row.ticket).toLowerCase() === text.toLowerCase());
  if (called) app.show({ visit: called.visit });
  else app.said = { state: "refusal", text: app.words.t("nobody_by_this") };
  tone(called !== undefined);
  app.draw();
}

async function give(app: App, session: Session, visit: Visit, pack: Pack, event: SubmitEvent): Promise<void> {
  const form = read(event);
  const reason = String(form.get("override") ?? "").trim();
  const item: Dose = {
    ...app.fresh(), site_id: app.told.site, visit: visit.visit, code: pack.code, product: pack.product, arm: String(form.get("arm")), vaccinator_post_id: session.by.post,
    checks: form.getAll("check").map(String), override_reason: reason, typed: app.desk.typed,
  };
  const stopped = [...dosing(session.day, item), ...vial(session.day, item)];
  if (stopped.length) {
    app.desk.stopped = stopped;
    tone(false);
    return app.draw();
  }
  if (!(await app.act({ verb: "dose_give", item }))) return;
  tone(true);
  const until = session.day.visits.get(visit.visit)?.until;
  told(app, app.words.t("given", { ticket: visit.ticket, time: until ? app.time(until) : "" }));
}

async function takeBack(app: App, visit: Visit, event: SubmitEvent): Promise<void> {
  const reason = String(read(event).get("reason"));
  const item = { ...app.fresh(), site_id: app.told.site, visit: visit.visit, reason };
  if (await app.act({ verb: "dose_reverse", item })) told(app, app.words.t("taken_back", { ticket: visit.ticket }));
}

function justGiven(app: App, session: Session): TemplateResult {
  const within = (session.day.bundle.limits["REVERSE_WITHIN"] ?? 0) * 1000;
  const rows = session.day.queue("observing").filter((row) => row.givenAt && app.now - Date.parse(row.givenAt) <= within);
  return html`${rows.map((row) => html`<details class="otherwise" data-just-given><summary class="go big">${app.words.t("not_given_after_all", { ticket: row.ticket, time: app.time(row.givenAt ?? "") })}</summary>
    <form class="form inline" @submit=${(event: SubmitEvent) => void takeBack(app, row, event)}><label class="field">${app.words.t("why_not_given")}<select name="reason" required>${choices(app, session.day.bundle.not_given)}</select></label
    ><button class="go big">${app.words.t("take_back")}</button></form></details>`)}`;
}

function refusal(app: App, session: Session, visit: Visit, { pack, hard }: Decision): TemplateResult {
  const { t } = app.words;
  return html`<section class="answer stop refusal-full" role="alert" data-answer><p class="state-tag stop">${t("stop")}</p>${hard.map((why) => html`<div>${cited(app, session, why)}</div>`)}
    ${pack ? html`<p>${productNames(app, session, [pack.product])} · ${pack.lot} · ${pack.code}</p>` : nothing}
    <div class="btn-row left">${app.desk.code ? html`<button type="button" class="go big" autofocus @click=${() => app.show({ visit: visit.visit })}>${t("another_vial")}</button>` : nothing}
      <button type="button" class="go big" @click=${() => app.show({})}>${t("next_tickets")}</button></div></section>`;
}

function person(app: App, session: Session, visit: Visit): TemplateResult {
  const { t } = app.words;
  const one = session.day.someone(visit);
  const due = dueOn(one, visit.programme, app.today);
  return html`<section class="half"><h2>${t("person")}</h2><p class="half-name">${one?.name}</p><dl class="facts">
    <dt>${t("age")}</dt><dd>${one ? age(app, one) : ""}</dd><dt>${t("dose")}</dt><dd>${doseOf(app, session, visit)}</dd>
    <dt>${t("due")}</dt><dd>${due ? productNames(app, session, due.products) : t("due_unknown")}</dd>
    ${(one?.known?.doses[visit.programme] ?? []).map((dose, i) => html`<dt>${t("dose_n", { n: i + 1 })}</dt><dd>${day(app, dose.on)} ${dose.product ? productNames(app, session, [dose.product]) : ""}</dd>`)}</dl></section>`;
}

function vialHalf(app: App, session: Session, visit: Visit, pack: Pack | undefined): TemplateResult {
  const { t } = app.words;
  if (pack)
    return html`<section class="half"><h2>${t("vial")}</h2><p class="half-name">${productNames(app, session, [pack.product])}</p><dl class="facts">
      <dt>${t("lot")}</dt><dd>${pack.lot}</dd><dt>${t("expiry")}</dt><dd>${day(app, pack.expires)}</dd><dt>${t("trace_code")}</dt><dd class="code">${pack.code}</dd>
      <dt>${t("doses_left")}</dt><dd>${pack.left} / ${pack.doses}</dd>${pack.open_until ? html`<dt>${t("use_by")}</dt><dd>${app.time(pack.open_until)}</dd>` : nothing}</dl></section>`;
  const due = dueOn(session.day.someone(visit), visit.programme, app.today);
  const fitting = [...session.day.packs.values()].filter((row) => row.left > 0 && (!due || due.products.includes(row.product)));
  const packs = fitting.sort((a, b) => Number(a.open_until === null) - Number(b.open_until === null) || a.expires.localeCompare(b.expires)).slice(0, PACKS_SHOWN);
  const scan = (event: SubmitEvent): void => {
    const form = read(event);
    const text = String(form.get("code"));
    if (text.trim()) void scanned(app, session, text, form.has("typed"));
  };
  return html`<section class="half"><h2>${t("vial")}</h2><form class="scan" @submit=${scan}><label for="code">${t("trace_code")}</label><div class="scan-row"><input id="code" name="code" autocomplete="off" data-scan autofocus><button class="go">${t("read")}</button></div
    ><label><input type="checkbox" name="typed" value="1"> ${t("typed")}</label></form>
    <ul class="packs">${packs.map((row) => html`<li><button type="button" data-pack=${row.code} @click=${() => void scanned(app, session, row.code, false)}><b>${productNames(app, session, [row.product])}</b><span class="note">${row.lot} · ${t("expires", { day: day(app, row.expires) })} · ${t("doses", { n: row.left })}</span></button></li>`)}</ul></section>`;
}

/** One press for all that a nurse looks at, compares or lets be read: what eyes alone can know, said by a named person. */
function checks(app: App, rows: readonly Check[]): TemplateResult {
  const { t, pick } = app.words;
  const all = (group: string, event: Event): void => {
    const list = (event.target as HTMLElement).closest("[data-eleven]");
    for (const box of list?.querySelectorAll<HTMLInputElement>(`input[data-group=${group}]`) ?? []) box.checked = true;
    list?.dispatchEvent(new Event("change"));
    (list?.querySelector<HTMLElement>("li:has(input:not(:checked)) input") ?? document.querySelector<HTMLElement>("[data-confirm]"))?.focus();
  };
  return html`${GROUPS.map((group) => html`<div class="check-group" role="group" aria-labelledby="group-${group}"><div class="check-head"><h3 id="group-${group}">${t(`group_${group}`)}</h3><button type="button" class="go" data-all=${group} @click=${(event: Event) => all(group, event)}>✓ ${t(`all_${group}`)}</button></div>
    <ol class="eleven">${rows.filter((row) => row.group === group).map((row) => html`<li class=${row.filled_by === "system" ? "known" : ""}><label><input type="checkbox" name="check" data-group=${group} value=${row.code} ?checked=${row.filled_by === "system"}><span>${pick(row.text)}</span></label></li>`)}</ol></div>`)}`;
}

/** Once the form stands: what it shows is drawn after the form itself. */
const begin = (form: Element | undefined): void => queueMicrotask(() => {
  const [list, confirm] = [form?.querySelector("[data-eleven]"), form?.querySelector<HTMLButtonElement>("[data-confirm]")];
  if (list && confirm) eleven(list, confirm, form?.querySelector<HTMLInputElement>("[name=override]") ?? null);
});

function confirmForm(app: App, session: Session, visit: Visit, pack: Pack, soft: Broken[]): TemplateResult {
  const { t, pick } = app.words;
  const one = session.day.someone(visit);
  const product = session.day.bundle.products[pack.product];
  return html`<form class="stack" data-inject ${ref(begin)} @submit=${(event: SubmitEvent) => void give(app, session, visit, pack, event)}>
    <section class="turned" aria-label=${t("for_recipient")}><span>${productNames(app, session, [pack.product])}</span><span>${t("expiry")} ${day(app, pack.expires)}</span></section>
    <section class="block"><div class="form inline how"><label class="field">${t("arm")}<select name="arm">${(product?.route.arms ?? []).map((arm) => html`<option value=${arm}>${app.words.pick(session.day.bundle.called["word"]?.[arm]) || arm}</option>`)}</select></label>
      <p><b>${product?.volume_ml} mL</b> · ${pick(product?.route.name)}</p><p>${t("by")} <b>${session.signer.name}</b></p></div>
      ${soft.length ? html`${soft.map((why) => html`<p class="barred">${sentenceOf(app, why)}</p>`)}<label class="field">${t("reason")}<input name="override" maxlength="200" required .value=${one?.said ?? ""}></label>` : nothing}</section>
    <section class="block" data-eleven><div class="block-head"><h2>${t("eleven")}</h2><p class="note">${t("eleven_how")}</p></div>${checks(app, session.day.bundle.checks)}</section>
    ${app.desk.stopped.length ? html`<section class="answer stop" role="alert">${app.desk.stopped.map((why) => cited(app, session, why))}</section>` : nothing}
    <div class="btn-row sticky"><span class="note">${one?.name} · ${productNames(app, session, [pack.product])}</span><button class="go primary big" data-confirm>${t("confirm")}</button></div></form>`;
}

export function injection(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const waiting = session.day.queue("consented");
  const list = queue(app, session, waiting, (row) => app.show({ visit: row.visit }));
  const visit = app.desk.visit ? session.day.visits.get(app.desk.visit) : undefined;
  const scan = (event: SubmitEvent): void => void scanned(app, session, String(read(event).get("q")).trim(), false);
  if (!visit)
    return html`<div class="cols"><div class="c8 stack"><section class="block scan"><form @submit=${scan}><label for="scan">${t("scan_person")}</label><div class="scan-row"><input id="scan" name="q" autocomplete="off" data-scan><button class="go">${t("find")}</button></div></form></section>
      <section class="answer idle"><h2>${t("call_next")}</h2>${waiting[0] ? html`<button type="button" class="go primary big" data-next @click=${() => app.show({ visit: waiting[0]?.visit ?? null })}>${t("call_ticket", { ticket: waiting[0].ticket })}</button>` : nothing}</section>
      ${justGiven(app, session)}</div><div class="c4">${list}</div></div>`;
  const decision = decide(app, session, visit);
  if (decision.hard.length) return html`<div class="stack">${refusal(app, session, visit, decision)}${withoutDose(app, session, visit)}${fold(app, list)}</div>`;
  const { pack, soft } = decision;
  return html`<div class="stack"><div class="join ${pack ? "joined" : ""}" data-answer>${person(app, session, visit)}<div class="joint" role="status">${pack ? html`<b>✓ ${t("may")}</b>` : html`<b>${t("scan_vial")}</b>`}</div>${vialHalf(app, session, visit, pack)}</div>
    ${soft.length && !pack ? html`<p>${stateTag("attention", soft.map((why) => sentenceOf(app, why)).join(" "))}</p>` : nothing}
    ${pack ? confirmForm(app, session, visit, pack, soft) : nothing}${withoutDose(app, session, visit)}${justGiven(app, session)}${fold(app, list)}</div>`;
}
