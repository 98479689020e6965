/** The tablet at work: who is at it, what they do, and the way to the server; every page draws from this and acts through it. */
import { decodeProtectedHeader } from "jose";
import { Altered, open, sign } from "./bundle";
import { Clock } from "./clock";
import type { Act, Bundle, Deed, Params, Signer, Told } from "./contract";
import { Day } from "./day";
import type { Broken } from "./judge";
import { type Kept, type Tried, type Unlocked, unlock } from "./keys";
import { Sayer } from "./say";
import { Full, type Made, sealingKey, Store, type About } from "./store";
import { Beat, fetchBundle, Odd, Revoked, send } from "./sync";
import { civilDay, clockTime } from "./time";
import { Words } from "./words";

export const STATIONS = ["arrival", "screening", "injection", "observation", "today"] as const;
export type Station = (typeof STATIONS)[number];
const VERBS: Record<Station, string> = { arrival: "visit_arrive", screening: "screening_record", injection: "dose_give", observation: "observation_end", today: "" };
const FRESH = 5 * 60_000;
const IDLE = 30 * 60_000;

/** While somebody is at work: their keys, and the day as they know it. Locked, all of it is gone from memory. */
export interface Session { by: Unlocked; key: CryptoKey; day: Day; sayer: Sayer; signer: Signer; conflicts: Made[] }
export interface Said { state: "done" | "refusal"; text: string }
type Doing = Deed & { said?: string };

/** What a desk shows until the next person: gone with a change of desk. */
export interface Desk { visit: string | null; query: string; chosen: string | null; code: string; typed: boolean; listed: boolean; walkIn: boolean; early: string | null; stopped: Broken[] }
const EMPTY: Desk = { visit: null, query: "", chosen: null, code: "", typed: false, listed: false, walkIn: false, early: null, stopped: [] };

export class App {
  readonly told: Told;
  readonly words: Words;
  readonly store: Store;
  readonly clock: Clock;
  readonly draw: () => void;
  about: Partial<About>;
  signers: Kept[];
  waits: number;
  session: Session | undefined;
  station: Station = "today";
  desk: Desk = { ...EMPTY };
  said: Said | undefined;
  enrolling = false;
  /** Counts the looks asked for: each puts the focus where the page begins. */
  turn = 0;
  /** Since when there is no link; undefined while there is one. */
  downSince: number | undefined;
  private beat: Beat | undefined;
  private bundleAt = 0;
  private readonly signedAgain = new Set<number>();
  private busy = false;
  private idle: ReturnType<typeof setTimeout> | undefined;

  private constructor(told: Told, store: Store, about: Partial<About>, signers: Kept[], waits: number, draw: (app: App) => void) {
    this.told = told;
    this.words = new Words(told);
    this.store = store;
    this.about = about;
    this.signers = signers;
    this.waits = waits;
    this.clock = new Clock(about.clock);
    this.draw = () => draw(this);
    this.enrolling = !signers.length;
    addEventListener("online", () => void this.beat?.now());
    for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => this.stir(), { passive: true });
  }

  static async start(told: Told, draw: (app: App) => void): Promise<App> {
    const store = await Store.open(told.site);
    const [about, signers, waits] = await Promise.all([store.about(), store.signers(), store.waiting()]);
    return new App(told, store, about, signers, waits, draw);
  }

  get now(): number {
    return this.clock.now();
  }

  get today(): string {
    return civilDay(this.now, this.told.zone);
  }

  time(moment: number | string): string {
    return clockTime(typeof moment === "string" ? Date.parse(moment) : moment, this.told.zone);
  }

  sentence(code: string, params: Params = {}): string {
    return this.session?.sayer.say(code, params, this.words.language, this.now) ?? code;
  }

  /** The bundle's days are over: it opens only for sending what waits. */
  get ended(): boolean {
    const bundle = this.session?.day.bundle;
    return bundle !== undefined && this.now >= Date.parse(bundle.until);
  }

  stations(session: Session): Station[] {
    return this.ended ? ["today"] : STATIONS.filter((code) => !VERBS[code] || session.signer.may.includes(VERBS[code]));
  }

  go(station: Station): void {
    this.station = station;
    this.show({});
  }

  /** Another look at the same station. */
  show(desk: Partial<Desk>): void {
    this.desk = { ...EMPTY, ...desk };
    this.said = undefined;
    this.turn += 1;
    this.draw();
  }

  /** One try at a PIN. */
  async enter(kept: Kept, pin: string): Promise<Tried> {
    const tried = await unlock(kept, pin, Date.now(), async (after) => {
      await (after ? this.store.keepSigner(after) : this.store.dropSigner(kept.post));
      this.signers = await this.store.signers();
    });
    if ("open" in tried) await this.begin(tried.open);
    return tried;
  }

  lock(): void {
    this.session = undefined;
    this.beat?.stop();
    this.desk = { ...EMPTY };
    clearTimeout(this.idle);
    this.draw();
  }

  /** Opens the bundle kept here; one that does not open for this signer, or is broken, is asked for anew. */
  async begin(by: Unlocked): Promise<void> {
    const keys = this.about.keys;
    if (!keys) throw new Altered("no keys of the server");
    const kept = this.about.bundle ? await open(this.about.bundle, by, keys as never).catch(() => undefined) : undefined;
    await this.settleIn(by, kept ?? (await this.ask(by)));
    this.beat?.stop();
    this.beat = new Beat(() => this.contact());
    void this.beat.now();
    this.stir();
  }

  /** Acts made together: signed, then written for good, and only then done on the screen. */
  async act(...deeds: Doing[]): Promise<boolean> {
    const session = this.session;
    if (!session || this.busy) return false;
    this.busy = true;
    try {
      const first = await this.store.next();
      const acts = deeds.map((deed, i) => ({ ...deed, n: first + i, at: deed.item.occurred_at }) as Act);
      const made = await Promise.all(acts.map(async (act) => ({ act, jws: await sign({ ...act, said: undefined }, session.by) })));
      await this.store.add(made, session.key);
      for (const act of acts) session.day.apply(act);
      this.waits += acts.length;
      for (const act of acts) if (act.verb === "visit_arrive") this.about.tickets = { ...this.about.tickets, [act.item.act]: String(session.day.visits.get(act.item.act)?.ticket) };
      void this.store.tell({ clock: this.clock.state(), tickets: this.about.tickets ?? {} });
      void this.beat?.now();
      return true;
    } catch (error) {
      this.said = { state: "refusal", text: this.words.t(error instanceof Full ? "full" : "not_kept") };
      this.draw();
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What every item of an act begins with. */
  fresh(): { act: string; occurred_at: string } {
    return { act: crypto.randomUUID(), occurred_at: new Date(this.clock.stamp()).toISOString() };
  }

  async read(conflict: Made): Promise<void> {
    const session = this.session;
    if (!session) return;
    await this.store.settle([{ ...conflict, seen: true }], session.key);
    session.conflicts = session.conflicts.filter((one) => one.act.n !== conflict.act.n);
    this.draw();
  }

  /** Now, if a signer asks for it. */
  contactNow(): void {
    void this.beat?.now();
  }

  private async ask(by: Unlocked): Promise<Bundle> {
    const asked = Date.now();
    const told = { tablet: this.about.tablet, post: by.post, at: new Date(asked).toISOString(), waiting: this.waits, clock: this.clock.now() };
    const sealed = await fetchBundle(this.told.urls.bundle, await sign(told, by));
    const bundle = await open(sealed, by, this.about.keys as never);
    this.clock.heard(Date.parse(bundle.made_at), asked);
    const key = await sealingKey(bundle.key);
    const answered = (await this.store.acts(key)).filter((one) => one.state !== "waiting");
    await this.store.renew(sealed, this.clock.state(), answered, key);
    this.about.bundle = sealed;
    this.bundleAt = Date.now();
    const inside = new Set([...bundle.visits.map((row) => row.visit), ...(await this.store.acts(key)).flatMap((one) => (one.act.verb === "visit_arrive" ? [one.act.item.act] : []))]);
    this.about = { ...this.about, site: bundle.site.name, tickets: Object.fromEntries(Object.entries(this.about.tickets ?? {}).filter(([visit]) => inside.has(visit))) };
    await this.store.tell({ site: this.about.site ?? {}, tickets: this.about.tickets ?? {} });
    return bundle;
  }

  private async settleIn(by: Unlocked, bundle: Bundle): Promise<void> {
    const key = await sealingKey(bundle.key);
    const made = await this.store.acts(key);
    const day = new Day(bundle, made.filter((one) => !one.over).map((one) => one.act), this.about.tickets);
    const stranger = { post: by.post, account: 0, name: this.signers.find((one) => one.post === by.post)?.name ?? "", duty: "", may: [], certified: {} };
    const signer = bundle.signers.find((one) => one.post === by.post) ?? stranger;
    const conflicts = made.filter((one) => one.answer?.done === false && !one.seen);
    this.session = { by, key, day, sayer: new Sayer(bundle), signer, conflicts };
    if (!this.stations(this.session).includes(this.station) || this.station === "today") this.station = this.stations(this.session)[0] ?? "today";
    this.draw();
  }

  private async contact(): Promise<void> {
    const session = this.session;
    if (!session) return;
    try {
      const { answered, unread } = await send(this.told.urls.sync, this.queue(session), this.clock);
      await this.unread(session, unread);
      if (answered || Date.now() - this.bundleAt > FRESH) await this.renew(session);
      this.downSince = undefined;
    } catch (error) {
      await this.trouble(error);
      throw error;
    } finally {
      this.waits = await this.store.waiting();
      this.draw();
    }
  }

  /** Acts of keys that were lost and made anew are signed again by their own signer; what is still not read is said. */
  private async unread(session: Session, made: readonly Made[]): Promise<void> {
    const own = made.filter((one) => decodeProtectedHeader(one.jws).kid === session.by.kid && !this.signedAgain.has(one.act.n));
    for (const one of own) this.signedAgain.add(one.act.n);
    const again = await Promise.all(own.map(async (one) => ({ ...one, jws: await sign({ ...one.act, said: undefined }, session.by) })));
    if (again.length) {
      await this.store.signAgain(again, session.key);
      void this.beat?.now();
    }
    if (made.length > again.length) this.said = { state: "refusal", text: this.words.t("unread", { n: made.length - again.length }) };
  }

  private queue(session: Session): Parameters<typeof send>[1] {
    return {
      tablet: this.about.tablet ?? "",
      waiting: () => this.store.acts(session.key, "waiting"),
      settle: async (made) => {
        await this.store.settle(made, session.key);
        session.conflicts.push(...made.filter((one) => one.answer?.done === false));
      },
    };
  }

  /** A fresh bundle under what was made here meanwhile. Whoever was at the desk stays there. */
  private async renew(session: Session): Promise<void> {
    const bundle = await this.ask(session.by);
    if (this.session !== session) return;
    while (this.busy) await new Promise((done) => setTimeout(done, 20));
    const made = await this.store.acts(session.key);
    session.day = new Day(bundle, made.filter((one) => !one.over).map((one) => one.act), this.about.tickets);
    session.sayer = new Sayer(bundle);
    session.signer = bundle.signers.find((one) => one.post === session.by.post) ?? { ...session.signer, may: [] };
    session.conflicts = made.filter((one) => one.answer?.done === false && !one.seen);
  }

  /** What a contact that failed means: revoked, refused, or only no link. */
  async trouble(error: unknown): Promise<void> {
    if (error instanceof Revoked) {
      await this.store.wipe();
      this.about = {};
      this.signers = [];
      this.enrolling = true;
      this.lock();
      this.said = { state: "refusal", text: this.words.pick(error.sentence) };
      return;
    }
    if (error instanceof Odd && error.status < 500) {
      this.said = { state: "refusal", text: error.status === 401 ? this.words.t("unknown_keys") : this.words.pick(error.sentence) || this.words.t("not_answered") };
      return;
    }
    this.downSince ??= Date.now();
  }

  private stir(): void {
    clearTimeout(this.idle);
    if (this.session) this.idle = setTimeout(() => this.lock(), IDLE);
  }
}
