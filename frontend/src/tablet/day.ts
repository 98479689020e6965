/** What stands at the site as this tablet knows it: the bundle, and every act made here since, played over it in order. */
import type { Act, Appointment, Bundle, Pack, Person } from "./contract";
import { civilDay } from "./time";

/** Somebody at the site: a person of the bundle, or one without record, known by the act that registers them. */
export interface Someone {
  key: string; id: number; act: string | null; name: string; sex: number; birth: string; document: string; known: Person | null;
  /** What somebody without record told of earlier doses. */
  said: string;
}
export interface Visit {
  visit: string; person: string; campaign: string; programme: string; ticket: string | number; state: string; day: string; arrivedAt: string; appointment: string | null;
  screener: number | null; outcome: string | null; findings: string[]; agreed: boolean | null; risk: string | null;
  givenAt: string | null; until: string | null; held: boolean; given: { code: string; product: string; first: boolean } | null;
}

export const WAITING = ["arrived", "screened", "consented"];
const NORMAL = "NORMAL";
const AFTER: Record<string, string> = { recommended: "screened", deferred: "deferred", unsuitable: "turned_away" };

export class Day {
  readonly bundle: Bundle;
  readonly people = new Map<string, Someone>();
  readonly visits = new Map<string, Visit>();
  readonly packs = new Map<string, Pack>();
  readonly appointments = new Map<string, Appointment>();
  /** Person and programme of doses given here: none is given twice in a day. */
  readonly vaccinated = new Set<string>();
  private readonly booked = new Map<string, Appointment[]>();
  private readonly byCode = new Map<string, Pack>();
  private readonly byKey = new Map<string, Someone>();
  private readonly mark: string;

  /** `tickets`: what this tablet called visits before the server numbered them; people know themselves by it. */
  constructor(bundle: Bundle, acts: Iterable<Act> = [], tickets: Readonly<Record<string, string>> = {}) {
    this.bundle = bundle;
    this.mark = bundle.tablet.slice(0, 2).toUpperCase();
    for (const person of bundle.persons) this.know(person);
    for (const row of bundle.appointments) {
      const [own, key] = [{ ...row }, String(row.person)];
      this.appointments.set(row.id, own);
      this.booked.set(key, [...(this.booked.get(key) ?? []), own]);
    }
    for (const row of bundle.packs) {
      const pack = { ...row };
      this.packs.set(pack.code, pack);
      for (const code of [pack.code, ...pack.codes]) this.byCode.set(code, pack);
    }
    for (const row of bundle.visits) {
      const { ticket, person, person_act: act, arrived_at: arrivedAt, given_at: givenAt, ...rest } = row;
      this.visits.set(row.visit, {
        ...rest, person: act ?? String(person), programme: this.programme(row.campaign), ticket: tickets[row.visit] ? `${ticket} (${tickets[row.visit]})` : ticket,
        arrivedAt, givenAt,
        appointment: null, risk: row.findings.find((code) => bundle.risks.includes(code)) ?? null, given: null,
      });
    }
    for (const act of acts) this.apply(act);
  }

  programme(campaign: string): string {
    return this.bundle.campaigns.find((row) => row.code === campaign)?.programme ?? "";
  }

  pack(code: string): Pack | undefined {
    return this.byCode.get(code);
  }

  /** Whose document this is, by the digest of its number. */
  ofDocument(key: string): Someone | undefined {
    return this.byKey.get(key);
  }

  someone(visit: Visit): Someone | undefined {
    return this.people.get(visit.person);
  }

  /** Their visit that has not ended. */
  inside(person: string): Visit | undefined {
    return [...this.visits.values()].find((row) => row.person === person && (WAITING.includes(row.state) || row.state === "observing"));
  }

  appointmentOf(person: string): Appointment | undefined {
    const open = (this.booked.get(person) ?? []).filter((row) => ["booked", "held"].includes(row.state));
    return open.sort((a, b) => a.starts_at.localeCompare(b.starts_at))[0];
  }

  /** Those at a step, the longest waiting first. */
  queue(...states: string[]): Visit[] {
    return [...this.visits.values()].filter((row) => states.includes(row.state)).sort((a, b) => Date.parse(a.arrivedAt) - Date.parse(b.arrivedAt));
  }

  register(act: string, told: { name: string; sex: number; birth: string; documents: { number: string }[] }, said = ""): Someone {
    const document = told.documents[0]?.number ?? "";
    const one = { key: act, id: 0, act, name: told.name, sex: told.sex, birth: told.birth, document: document && `***${document.slice(-4)}`, known: null, said };
    this.people.set(act, one);
    return one;
  }

  minutes(visit: Visit, product: string): number {
    const rows = this.bundle.observation[visit.programme] ?? [];
    const risk = visit.risk ?? NORMAL;
    for (const [p, r] of [[product, risk], ["*", risk], [product, NORMAL], ["*", NORMAL]]) {
      const row = rows.find((one) => one.product === p && one.risk === r);
      if (row) return row.minutes;
    }
    throw new Error(`no minutes of observation for ${visit.programme}`);
  }

  /** One more act, as the server will read it. */
  apply(act: Act): void {
    switch (act.verb) {
      case "persons_register": this.register(act.item.act, act.item, act.said); return;
      case "visit_arrive": this.arrive(act); return;
      case "screening_record": this.screen(act); return;
      case "dose_give": this.give(act); return;
      case "dose_reverse": this.takeBack(act); return;
      case "visit_leave": this.end(act.item.visit, "gone"); return;
      case "observation_end": this.end(act.item.visit, "left"); return;
    }
  }

  private know(person: Person): void {
    const { id, name, sex, birth, document } = person;
    const one = { key: String(id), id, act: null, name, sex, birth, document, known: person, said: "" };
    this.people.set(one.key, one);
    for (const key of person.keys) this.byKey.set(key, one);
  }

  private arrive({ n, item, person }: Extract<Act, { verb: "visit_arrive" }>): void {
    if (this.visits.has(item.act)) return;
    const booked = item.appointment ? this.appointments.get(item.appointment) : undefined;
    if (booked) booked.state = "arrived";
    this.visits.set(item.act, {
      visit: item.act, person: person ?? String(item.person_id), campaign: item.campaign, programme: this.programme(item.campaign), ticket: `${this.mark}-${n}`,
      state: "arrived", day: civilDay(Date.parse(item.occurred_at), this.bundle.zone), arrivedAt: item.occurred_at, appointment: item.appointment,
      screener: null, outcome: null, findings: [], agreed: null, risk: null, givenAt: null, until: null, held: false, given: null,
    });
  }

  private screen({ item }: Extract<Act, { verb: "screening_record" }>): void {
    const visit = this.visits.get(item.visit);
    if (!visit || visit.state !== "arrived") return;
    visit.outcome = item.outcome;
    visit.screener = item.clinician_post_id;
    visit.findings = item.findings;
    visit.risk = item.findings.find((code) => this.bundle.risks.includes(code)) ?? null;
    visit.state = AFTER[item.outcome] ?? visit.state;
    if (item.outcome !== "recommended" || !item.consent) return;
    visit.agreed = item.consent.agreed;
    visit.state = item.consent.agreed ? "consented" : "turned_away";
  }

  private give({ item }: Extract<Act, { verb: "dose_give" }>): void {
    const visit = this.visits.get(item.visit);
    if (!visit || visit.state !== "consented") return;
    const pack = this.pack(item.code);
    const at = Date.parse(item.occurred_at);
    visit.given = { code: item.code, product: item.product, first: pack?.open_until == null };
    visit.givenAt = item.occurred_at;
    visit.until = new Date(at + this.minutes(visit, item.product) * 60_000).toISOString();
    visit.state = "observing";
    this.vaccinated.add(`${visit.programme} ${visit.person}`);
    if (!pack) return;
    pack.open_until ??= new Date(at + pack.minutes * 60_000).toISOString();
    pack.left -= 1;
  }

  private takeBack({ item }: Extract<Act, { verb: "dose_reverse" }>): void {
    const visit = this.visits.get(item.visit);
    if (!visit || visit.state !== "observing") return;
    const pack = visit.given && this.pack(visit.given.code);
    if (pack) {
      pack.left += 1;
      if (pack.left === pack.doses) pack.open_until = null;
    }
    this.vaccinated.delete(`${visit.programme} ${visit.person}`);
    Object.assign(visit, { state: "consented", givenAt: null, until: null, given: null });
  }

  private end(id: string, state: string): void {
    const visit = this.visits.get(id);
    if (visit) visit.state = state;
  }
}
