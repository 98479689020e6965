/** The tablet's judge: the facts of a step, then the rows of the interlock table that they break; no rule stands here. */
import type { Arrival, Bundle, ConsentGiven, Dose, Due, Interlock, Param, Params, Screening, Signer } from "./contract";
import type { Day, Someone, Visit } from "./day";
import { ageOn, civilDay } from "./time";

type Facts = Record<string, string>;
type Values = Record<string, Param>;
export interface Broken { code: string; params: Params; soft: boolean }
interface Known { facts: Facts; values: Values }

const CHOSEN = "|";
const yes = (holds: unknown): string => (holds ? "yes" : "no");
const iso = (moment: number): string => new Date(moment).toISOString();

/** Every rule of a step that does not hold, in the order of its rows. A fact that is not known breaks nothing. */
export function broken(rows: readonly Interlock[], step: string, { facts, values }: Known): Broken[] {
  const stops = (row: Interlock): boolean => Object.entries(row.when).every(([fact, stopped]) => stopped.includes(facts[fact] ?? ""));
  const told = (row: Interlock): Params => Object.fromEntries(Object.entries(row.params).map(([name, value]) => [name, values[value] ?? null]));
  return rows.filter((row) => row.step === step && stops(row)).map((row) => ({ code: row.code, params: told(row), soft: row.soft }));
}

/** The engine's answer for a person on a day. */
export function dueOn(one: Someone | undefined, programme: string, day: string): Due | undefined {
  return one?.known?.due[programme]?.filter((row) => row.from <= day).at(-1);
}

function dueFacts(one: Someone | undefined, programme: string, day: string): Known {
  const row = dueOn(one, programme, day);
  const due = one && !one.known ? "unknown" : row?.status ?? "none";
  return {
    facts: { due },
    values: { programme, reason: row?.reason ?? null, rule: row?.rule ?? null, release: row?.release ?? null, earliest: row?.earliest ?? null, dose_rank: row?.rank ?? null },
  };
}

function hand(bundle: Bundle, post: number, verb: string, programme: string, day: string): { signer: Signer | undefined; facts: Facts } {
  const signer = bundle.signers.find((row) => row.post === post);
  const until = signer?.certified[programme];
  return { signer, facts: { duty: yes(signer?.may.includes(verb)), certified: yes(until !== undefined && until >= day) } };
}

const session = (bundle: Bundle, day: string): string => (bundle.open.includes(day) ? "open" : "closed");

const IDENTITIES = ["document", "code", "manual"];

/** A person at the door. `post`: who receives them. */
export function arriving(day: Day, item: Arrival, person: string, post: number): Broken[] {
  const { bundle } = day;
  const at = Date.parse(item.occurred_at);
  const on = civilDay(at, bundle.zone);
  const one = day.people.get(person);
  const inside = day.inside(person);
  const programme = day.programme(item.campaign);
  const booked = booking(day, item, at, on);
  const due = programme ? dueFacts(one, programme, on) : { facts: {}, values: {} };
  const facts: Facts = {
    ...booked.facts,
    identity: IDENTITIES.includes(item.identity) ? item.identity : "other",
    second: yes(item.second_person_post_id !== null && item.second_person_post_id !== post),
    campaign: programme ? "known" : "none",
    inside: yes(inside), site_day: "open", session: session(bundle, on), looked_up: "yes", roll: yes(one),
  };
  const values = {
    ...booked.values, identity: item.identity, campaign: item.campaign, day: on, person_id: item.person_id,
    ticket: inside?.ticket ?? null, site_id: item.site_id,
  };
  return [...broken(bundle.interlocks, "arrive", { facts, values }), ...givenToday(day, programme, person), ...broken(bundle.interlocks, "dose", due)];
}

/** What the engine's answers of the morning cannot know: the dose that this tablet gave since. */
function givenToday(day: Day, programme: string, person: string): Broken[] {
  return day.vaccinated.has(`${programme} ${person}`) ? [{ code: "DOSE_GIVEN_TODAY", params: {}, soft: false }] : [];
}

function booking(day: Day, item: Arrival, at: number, on: string): Known {
  if (item.appointment === null) return { facts: { appointment: "none" }, values: {} };
  const row = day.appointments.get(item.appointment);
  if (!row || row.person !== item.person_id || row.campaign !== item.campaign) return { facts: { appointment: "unknown" }, values: { appointment: item.appointment } };
  const starts = Date.parse(row.starts_at);
  const opens = starts - (day.bundle.limits["ARRIVE_EARLY"] ?? 0) * 60_000;
  const bookedDay = civilDay(starts, day.bundle.zone);
  const values = { appointment: item.appointment, starts_at: row.starts_at, booked_day: bookedDay, state: row.state, from: iso(opens) };
  const appointment = bookedDay !== on ? "other_day" : row.state === "held" ? "held" : row.state !== "booked" ? "ended" : at < opens ? "early" : "fits";
  return { facts: { appointment }, values };
}

/** Questions that a person is asked; of somebody without record, all of the programme. */
export function asked(day: Day, visit: Visit): string[] {
  const known = day.someone(visit)?.known;
  return known?.ask[visit.programme] ?? (day.bundle.questions[visit.programme] ?? []).map((row) => row.code);
}

/** An inquiry, and the consent given in the same breath. */
export function screening(day: Day, item: Screening): Broken[] {
  const visit = day.visits.get(item.visit);
  if (!visit) return [{ code: "VISIT_UNKNOWN", params: { visit: item.visit }, soft: false }];
  const found = broken(day.bundle.interlocks, "screen", inquiry(day, visit, item));
  const consents = item.consent && item.outcome === "recommended" ? consenting(day, visit, item.consent, item.occurred_at) : [];
  return [...found, ...consents];
}

function inquiry(day: Day, visit: Visit, item: Screening): Known {
  const { bundle } = day;
  const { programme } = visit;
  const on = civilDay(Date.parse(item.occurred_at), bundle.zone);
  const { facts } = hand(bundle, item.clinician_post_id, "screening_record", programme, on);
  const effects = new Map((bundle.questions[programme] ?? []).map((row) => [row.code, row.effect]));
  const unknown = item.findings.filter((code) => !effects.has(code) && !bundle.risks.includes(code));
  const missing = asked(day, visit).filter((code) => !item.answered?.includes(code));
  // The last finding of an effect stands for it, as in the server's own judge.
  const found = new Map(item.findings.map((code) => [effects.get(code) ?? "note", code]));
  const stopping = found.get("forbid") ?? found.get("defer");
  return {
    facts: {
      ...facts, outcome: item.outcome, findings: unknown.length ? "unknown" : "known", screen: yes(item.answered !== null),
      answers: missing.length ? "missing" : "all", temperature: temperature(bundle, item.celsius), consent: item.consent ? "given" : "none",
      stop: yes(stopping), limit: yes(found.has("forbid") || found.has("limit")),
      recheck: item.recheck_on === null ? "none" : item.recheck_on <= on ? "past" : "fine",
    },
    values: {
      post: item.clinician_post_id, programme, unknown_finding: unknown[0] ?? null, unanswered: missing[0] ?? null, count: missing.length,
      celsius: item.celsius, low: bundle.limits["CELSIUS_LOWEST"] ?? null, high: bundle.limits["CELSIUS_HIGHEST"] ?? null, limit: bundle.limits["FEVER"] ?? null,
      stopping: stopping ?? null, effect: stopping ? effects.get(stopping) ?? "note" : null, recheck_on: item.recheck_on, outcome: item.outcome,
    },
  };
}

function temperature({ limits }: Bundle, celsius: number | null): string {
  if (celsius === null) return "none";
  if (celsius < (limits["CELSIUS_LOWEST"] ?? -Infinity) || celsius > (limits["CELSIUS_HIGHEST"] ?? Infinity)) return "implausible";
  return celsius >= (limits["FEVER"] ?? Infinity) ? "fever" : "fine";
}

const SIGNERS = ["self", "guardian"];

/** The answer to the consent text. */
export function consenting(day: Day, visit: Visit, given: ConsentGiven, at: string): Broken[] {
  const { bundle } = day;
  const texts = bundle.consents[visit.programme] ?? [];
  const text = texts.find((row) => row.version === given.version && row.language === given.language);
  const age = ageOn(day.someone(visit)?.birth ?? "", civilDay(Date.parse(at), bundle.zone));
  const facts = {
    texts: texts.length ? "some" : "none", version: text ? "known" : "unknown", signer: SIGNERS.includes(given.signer) ? "known" : "unknown",
    guardian: text && given.signer === "self" && age < text.guardian_below ? "needed" : "fine",
  };
  const values = {
    programme: visit.programme, version: given.version, language: given.language, current: texts.at(-1)?.version ?? null, signer: given.signer,
    age, below: text?.guardian_below ?? null,
  };
  return broken(bundle.interlocks, "consent", { facts, values });
}

/** A later dose of a product that the rules only allow, after another product: finishing so asks for a reason. */
export function switched(due: Due | undefined, product: string): boolean {
  return due !== undefined && due.given > 0 && due.products.slice(1).includes(product) && due.last !== null && due.last !== product;
}

/** A dose for a person: everything but the vial. */
export function dosing(day: Day, item: Dose): Broken[] {
  const visit = day.visits.get(item.visit);
  if (!visit) return [{ code: "VISIT_UNKNOWN", params: { visit: item.visit }, soft: false }];
  const { bundle } = day;
  const on = civilDay(Date.parse(item.occurred_at), bundle.zone);
  const one = day.someone(visit);
  const row = dueOn(one, visit.programme, on);
  const due = dueFacts(one, visit.programme, on);
  const { signer, facts } = hand(bundle, item.vaccinator_post_id, "dose_give", visit.programme, on);
  const screener = bundle.signers.find((each) => each.post === visit.screener);
  const missing = bundle.checks.map((check) => check.code).filter((code) => !item.checks.includes(code));
  const arms = bundle.products[item.product]?.route.arms ?? [item.arm];
  const reason = item.override_reason.trim();
  return [...givenToday(day, visit.programme, visit.person), ...broken(bundle.interlocks, "dose", {
    facts: {
      ...facts, ...due.facts,
      screening: visit.outcome ?? "none", consent: yes(visit.agreed === true), checks: missing.length ? "missing" : "all",
      hands: visit.screener === item.vaccinator_post_id || (screener && signer && screener.account === signer.account) ? "same" : "other",
      arm: arms.includes(item.arm) ? "known" : "unknown", product: !row || row.products.includes(item.product) ? "fits" : "other",
      history: one?.known || reason ? "known" : "unknown",
      switch: switched(row, item.product) ? (reason ? "reasoned" : "unreasoned") : "none",
      day: visit.day === on ? "same" : "other", session: session(bundle, on),
    },
    values: {
      ...due.values, outcome: visit.outcome, checks: missing.join(CHOSEN), count: missing.length, post: item.vaccinator_post_id, arm: item.arm, arms: arms.join(CHOSEN),
      product: item.product, products: row?.products.join(CHOSEN) ?? "", last: row?.last ?? null, visit_day: visit.day, day: on,
    },
  })];
}

/** The vial that was scanned, for the product named. */
export function vial(day: Day, item: Pick<Dose, "code" | "product" | "occurred_at">): Broken[] {
  const pack = day.pack(item.code);
  if (!pack) return broken(day.bundle.interlocks, "vial", { facts: { pack: "unknown" }, values: { code: item.code } });
  const at = Date.parse(item.occurred_at);
  const late = pack.open_until !== null && at > Date.parse(pack.open_until);
  const unread = pack.last_vvm !== null && pack.vvm === null;
  return broken(day.bundle.interlocks, "vial", {
    facts: {
      place: "here", transit: yes(pack.state === "in_transit"), product: pack.product === item.product ? "same" : "other",
      left: pack.left < 1 ? "none" : "some", custody: pack.gap ? "gap" : "whole", state: pack.state === "quarantined" ? "quarantined" : "usable",
      lot: ["released", "recalled"].includes(pack.lot_state) ? pack.lot_state : "other", expiry: pack.expires < civilDay(at, day.bundle.zone) ? "past" : "good",
      diluent: pack.needs_diluent && pack.diluent === null ? "missing" : "fine",
      monitor: unread ? "unread" : pack.last_vvm !== null && (pack.vvm ?? 0) > pack.last_vvm ? "reached" : "fine",
      opened: late ? (pack.needs_diluent ? "mixed_late" : "late") : "fine",
    },
    values: {
      code: item.code, place_id: day.bundle.site.id, lot: pack.lot, product: pack.product, asked: item.product, doses: pack.doses, expires: pack.expires,
      stage: pack.vvm, last: pack.last_vvm, minutes: pack.minutes,
    },
  });
}
