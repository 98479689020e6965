/** The door: a card, a slip or a name; at once whether this person may come in; a ticket; and whoever has no record. */
import { html, nothing, type TemplateResult } from "lit-html";
import { tone } from "../../desk";
import type { App, Session } from "../app";
import { digestOf } from "../bytes";
import { documentNumber } from "../codes";
import type { Appointment, Arrival } from "../contract";
import { type Someone, WAITING } from "../day";
import { arriving, type Broken, dueOn } from "../judge";
import { age, cited, day, flags, here, icon, masked, productNames, queue, read, stateTag, told } from "./parts";

const SHOWN = 12;
const FEWEST_DIGITS = 6;

interface Found { identity: "document" | "code" | "manual"; people: Someone[] }
let found: Found | undefined;

/** By the document on the desk, by the booking's code, by name and birth date: only of those whom the bundle names. */
async function look(app: App, session: Session, text: string): Promise<void> {
  const { day: known } = session;
  const booked = known.appointments.get(text.toLowerCase());
  const card = (text.match(/\d/g)?.length ?? 0) >= FEWEST_DIGITS ? known.ofDocument(await digestOf(known.bundle.salt, documentNumber(text))) : undefined;
  const byCode = booked && known.people.get(String(booked.person));
  found = card ? { identity: "document", people: [card] } : byCode ? { identity: "code", people: [byCode] } : { identity: "manual", people: named(session, text) };
  const one = found.people.length === 1 ? found.people[0] : undefined;
  app.show({ query: text, chosen: one?.key ?? null });
  const judged = one && candidates(app, session, one)[0]?.broken;
  tone(judged !== undefined && !judged.length);
}

function named(session: Session, text: string): Someone[] {
  const birth = /\d{4}-\d\d-\d\d/.exec(text)?.[0];
  const name = text.replace(birth ?? "", "").trim().toLowerCase();
  const fits = (one: Someone): boolean => (!birth || one.birth === birth) && (!name || one.name.toLowerCase().includes(name));
  return name || birth ? [...session.day.people.values()].filter(fits).slice(0, SHOWN) : [];
}

interface Candidate { campaign: string; appointment: Appointment | undefined; item: Arrival; broken: Broken[] }

/** What the door answers, for the campaign of the booking, or for each that is served here. */
function candidates(app: App, session: Session, one: Someone): Candidate[] {
  const appointment = session.day.appointmentOf(one.key);
  const campaigns = appointment ? [appointment.campaign] : session.day.bundle.campaigns.map((row) => row.code);
  return campaigns.map((campaign) => {
    const item = {
      act: "", occurred_at: new Date(app.now).toISOString(), site_id: app.told.site, person_id: one.id, campaign, appointment: appointment?.id ?? null,
      identity: found?.identity === "code" ? "code" : "document", second_person_post_id: null,
    };
    return { campaign, appointment, item, broken: arriving(session.day, item, one.key, session.by.post) };
  });
}

async function takeIn(app: App, session: Session, one: Someone, { item }: Candidate, event: SubmitEvent): Promise<void> {
  const form = read(event);
  const second = Number(form.get("second")) || null;
  const identity = String(form.get("identity") ?? item.identity);
  const filled = { ...item, ...app.fresh(), identity, second_person_post_id: identity === "manual" ? second : null };
  const stopped = arriving(session.day, filled, one.key, session.by.post);
  if (stopped.length) {
    app.desk.stopped = stopped;
    tone(false);
    return app.draw();
  }
  if (await app.act({ verb: "visit_arrive", item: filled, ...(one.act ? { person: one.act } : {}) })) ticket(app, session, filled.act);
}

function ticket(app: App, session: Session, visit: string): void {
  found = undefined;
  told(app, app.words.t("ticket_taken", { ticket: session.day.visits.get(visit)?.ticket ?? "" }));
}

/** Name, sex, birth, document, and what is said of earlier doses: registered and let in by one decision. */
async function walkIn(app: App, session: Session, event: SubmitEvent): Promise<void> {
  const form = read(event);
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const number = documentNumber(text("number"));
  if (number && session.day.ofDocument(await digestOf(session.day.bundle.salt, number))) return look(app, session, number);
  const second = Number(text("second")) || null;
  const identity = number ? "document" : "manual";
  const witness = session.day.bundle.signers.find((row) => row.post === second)?.name ?? "";
  const doses = Number(text("doses"));
  const said = app.words.t(doses ? "says_doses" : "says_none", { n: doses, day: text("last") ? day(app, text("last")) : "–" });
  const person = {
    ...app.fresh(), name: text("name"), sex: Number(text("sex")), birth: text("birth"), leaf_id: session.day.bundle.site.leaf,
    documents: number ? [{ kind: text("kind"), number }] : [], witness: number ? "" : witness,
  };
  const arrival = {
    ...app.fresh(), site_id: app.told.site, person_id: 0, campaign: text("campaign"), appointment: null, identity,
    second_person_post_id: number ? null : second,
  };
  const stopped = arriving(session.day, arrival, "", session.by.post).filter((why) => !["PERSON_NOT_ON_ROLL", "NO_DUE_ANSWER"].includes(why.code));
  if (stopped.length) {
    app.desk.stopped = stopped;
    tone(false);
    return app.draw();
  }
  if (await app.act({ verb: "persons_register", item: person, said }, { verb: "visit_arrive", item: arrival, person: person.act })) ticket(app, session, arrival.act);
}

function seconds(app: App, session: Session): TemplateResult {
  const others = session.day.bundle.signers.filter((row) => row.account !== session.signer.account);
  return html`<label class="field">${app.words.t("second")}<select name="second"><option value="">–</option>${
    others.map((row) => html`<option value=${row.post}>${row.name}</option>`)}</select></label>`;
}

function candidate(app: App, session: Session, one: Someone, row: Candidate): TemplateResult {
  const { t, pick } = app.words;
  const programme = session.day.programme(row.campaign);
  const due = dueOn(one, programme, app.today);
  const first = row.broken[0];
  const late = row.appointment && app.now - Date.parse(row.appointment.starts_at) > (session.day.bundle.limits["ARRIVE_LATE"] ?? Infinity) * 60_000;
  return html`<section class="answer ${first ? "attention" : "normal"}" data-answer role=${first ? "alert" : "status"}>
    <h2>${first ? stateTag("attention", t("not_now")) : stateTag("normal", t("may"))}<span>${one.name}</span><span class="note">${t("years", { age: age(app, one) })} · ${one.document}</span>${flags(app, one, programme)}</h2>
    ${first ? html`<div>${cited(app, session, first)}</div>` : nothing}
    <dl class="facts">
      <dt>${t("campaign")}</dt><dd>${pick(session.day.bundle.campaigns.find((each) => each.code === row.campaign)?.name)}</dd>
      <dt>${t("due")}</dt><dd>${due ? html`${t(`due_${due.status}`, { rank: due.rank ?? "" })}${due.earliest ? ` · ${t("from_day", { day: day(app, due.earliest) })}` : ""}${due.products.length ? ` · ${productNames(app, session, due.products)}` : ""}` : t("due_unknown")}</dd>
      <dt>${t("booking")}</dt><dd>${row.appointment ? html`${day(app, here(app, Date.parse(row.appointment.starts_at)))} ${app.time(row.appointment.starts_at)}${late ? html` · <b>${t("late")}</b>` : nothing}` : t("walk_in")}</dd>
      ${(one.known?.doses[programme] ?? []).map((dose, i) => html`<dt>${t("dose_n", { n: i + 1 })}</dt><dd>${day(app, dose.on)} ${dose.product ? productNames(app, session, [dose.product]) : ""}</dd>`)}
    </dl>
    ${first ? nothing : html`<form class="form" @submit=${(event: SubmitEvent) => void takeIn(app, session, one, row, event)}>
      ${found?.identity === "manual" || !found
        ? html`<fieldset class="choices"><legend>${t("how_shown")}</legend>
            <label><input type="radio" name="identity" value="document" required>${t("seen_document")}</label>
            <label><input type="radio" name="identity" value="manual">${t("no_document")}</label></fieldset>${seconds(app, session)}`
        : nothing}
      <div class="btn-row left"><button class="go primary big" data-take ?autofocus=${found !== undefined && found.identity !== "manual"}>${t("take_ticket")}</button></div>
    </form>`}
  </section>`;
}

function walkInForm(app: App, session: Session): TemplateResult {
  const { t, pick } = app.words;
  const { campaigns, documents } = session.day.bundle;
  return html`<section class="block"><div class="block-head"><h2>${t("no_record_head")}</h2><p class="note">${t("no_record_how")}</p></div>
    <form class="form" data-walk-in @submit=${(event: SubmitEvent) => void walkIn(app, session, event)}>
      <div class="act-fields">
        <label class="field">${t("name")}<input name="name" maxlength="50" required autofocus></label>
        <label class="field">${t("sex")}<select name="sex" required><option value="">–</option><option value="1">${t("male")}</option><option value="2">${t("female")}</option></select></label>
        <label class="field">${t("birth")}<input name="birth" type="date" max=${app.today} required></label>
        <label class="field">${t("document_kind")}<select name="kind"><option value="">${t("none")}</option>${documents.map((row) => html`<option value=${row.kind}>${pick(row.text)}</option>`)}</select></label>
        <label class="field">${t("document_number")}<input name="number" maxlength="40" autocomplete="off"></label>
        ${seconds(app, session)}
        <label class="field">${t("earlier_doses")}<input name="doses" type="number" min="0" max="9" required></label>
        <label class="field">${t("last_dose_on")}<input name="last" type="date" max=${app.today}></label>
        <label class="field" ?hidden=${campaigns.length < 2}>${t("campaign")}<select name="campaign">${campaigns.map((row) => html`<option value=${row.code}>${pick(row.name)}</option>`)}</select></label>
      </div>
      <div class="btn-row left"><button class="go primary big">${t("take_ticket")}</button><button type="button" class="go big" @click=${() => app.show({})}>${t("back")}</button></div>
    </form></section>`;
}

function listed(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const rows = [...session.day.appointments.values()].filter((row) => here(app, Date.parse(row.starts_at)) === app.today && row.state === "booked")
    .sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  const choose = (key: string): void => {
    found = { identity: "manual", people: [] };
    app.show({ chosen: key, query: " " });
  };
  return html`<section class="block"><div class="block-head"><h2>${t("booked_today")}</h2><p class="note">${t("people", { n: rows.length })}</p></div>
    ${rows.length ? html`<ul class="expected">${rows.map((row) => {
      const one = session.day.people.get(String(row.person));
      return one ? html`<li><button type="button" data-person=${one.key} @click=${() => choose(one.key)}><span>${app.time(row.starts_at)}</span><b>${masked(one.name)} · ${age(app, one)}</b></button></li>` : nothing;
    })}</ul>` : html`<div class="nothing">${t("nobody_booked")}</div>`}</section>`;
}

function picked(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const one = app.desk.chosen ? session.day.people.get(app.desk.chosen) : undefined;
  if (one) return html`${candidates(app, session, one).map((row) => candidate(app, session, one, row))}`;
  const rows = found?.people ?? [];
  if (rows.length) return html`<section class="block"><div class="block-head"><h2>${t("by_this_name")}</h2></div><ul class="expected">${rows.map((each) => html`<li><button type="button" data-person=${each.key}
    @click=${() => app.show({ query: app.desk.query, chosen: each.key })}><span>${each.birth}</span><b>${masked(each.name)} · ${age(app, each)}</b></button></li>`)}</ul></section>`;
  return html`<section class="answer attention" role="alert"><h2>${stateTag("attention", t("not_in_bundle"))}</h2><p class="lead">${t("not_in_bundle_how")}</p>
    <div class="btn-row left"><button type="button" class="go primary big" data-no-record autofocus @click=${() => app.show({ walkIn: true })}>${t("no_record_head")}</button></div></section>`;
}

export function arrival(app: App, session: Session): TemplateResult {
  const { t } = app.words;
  const { desk } = app;
  const scan = (event: SubmitEvent): void => {
    const text = String(read(event).get("q")).trim();
    if (text) void look(app, session, text);
  };
  return html`<div class="cols"><div class="c8 stack">
    <section class="block scan"><form @submit=${scan}>
      <label for="scan">${t("scan_card")}</label><div class="scan-row"><input id="scan" name="q" autocomplete="off" data-scan .value=${desk.query.trim()} placeholder=${t("scan_example")}><button class="go">${icon(app, "search")}${t("find")}</button></div>
    </form><div class="btn-row left"><button type="button" class="quietly" data-list @click=${() => app.show({ listed: true })}>${t("booked_today")}</button
      ><button type="button" class="quietly" data-no-record @click=${() => app.show({ walkIn: true })}>${t("no_record_head")}</button></div></section>
    ${desk.stopped[0] ? html`<section class="answer stop" role="alert">${cited(app, session, desk.stopped[0])}</section>` : nothing}
    ${desk.walkIn ? walkInForm(app, session) : desk.listed ? listed(app, session) : desk.query ? picked(app, session)
      : html`<section class="answer idle"><h2>${t("please_scan")}</h2></section>`}
  </div><div class="c4">${queue(app, session, session.day.queue(...WAITING))}</div></div>`;
}
