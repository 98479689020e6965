/** What the tablet keeps: the bundle as received, and every act, sealed under the bundle's key, until the server has answered. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Bytes, decode, text, utf8 } from "./bytes";
import type { Kept as KeptClock } from "./clock";
import type { Act, Answer, Text } from "./contract";
import type { Kept as KeptKeys } from "./keys";

export type State = "waiting" | "done" | "conflict";
/** An act with its signature and what came of it. `over`: a bundle made since knows of it. `seen`: its signer has read why it was not taken. */
export interface Made { act: Act; jws: string; answer?: Answer; over?: boolean; seen?: boolean }
interface Row { n: number; state: State; iv: Bytes; sealed: Bytes }
export interface About { tablet: string; keys: { keys: object[] }; bundle?: string; site?: Text; clock?: KeptClock; tickets?: Record<string, string> }

interface Schema extends DBSchema {
  about: { key: string; value: unknown };
  signers: { key: number; value: KeptKeys };
  acts: { key: number; value: Row; indexes: { state: string } };
}

/** The device has no room left: what is not on the screen as done is not done. */
export class Full extends Error {}

const STRICT = { durability: "strict" } as const;

async function roomFor<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if ((error as Error).name === "QuotaExceededError" || (error as { inner?: Error }).inner?.name === "QuotaExceededError") throw new Full("storage");
    throw error;
  }
}

export const sealingKey = (key: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", decode(key), "AES-GCM", false, ["encrypt", "decrypt"]);

export class Store {
  private readonly db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.db = db;
  }

  static async open(site: number): Promise<Store> {
    return new Store(await openDB<Schema>(`seawall-tablet-${site}`, 1, {
      upgrade(db) {
        db.createObjectStore("about");
        db.createObjectStore("signers", { keyPath: "post" });
        db.createObjectStore("acts", { keyPath: "n" }).createIndex("state", "state");
      },
    }));
  }

  async about(): Promise<Partial<About>> {
    const [keys, values] = await Promise.all([this.db.getAllKeys("about"), this.db.getAll("about")]);
    return Object.fromEntries(keys.map((key, i) => [key, values[i]])) as Partial<About>;
  }

  async tell(about: Partial<About>): Promise<void> {
    const tx = this.db.transaction("about", "readwrite", STRICT);
    await roomFor(Promise.all([...Object.entries(about).map(([key, value]) => tx.store.put(value, key)), tx.done]));
  }

  signers(): Promise<KeptKeys[]> {
    return this.db.getAll("signers");
  }

  async keepSigner(row: KeptKeys): Promise<void> {
    const tx = this.db.transaction("signers", "readwrite", STRICT);
    await roomFor(Promise.all([tx.store.put(row), tx.done]));
  }

  async dropSigner(post: number): Promise<void> {
    await this.db.delete("signers", post);
  }

  /** The number of the next act: they grow as long as the tablet lives, whatever has been sent. */
  async next(): Promise<number> {
    return ((await this.db.get("about", "last") as number | undefined) ?? 0) + 1;
  }

  /** Acts of one decision are written together or not at all; once this is answered they outlive a power cut. */
  async add(made: readonly Made[], key: CryptoKey): Promise<void> {
    const rows = await Promise.all(made.map((one) => seal(one, "waiting", key)));
    const tx = this.db.transaction(["acts", "about"], "readwrite", STRICT);
    const last = Math.max(...rows.map((row) => row.n));
    const writes = [...rows.map((row) => tx.objectStore("acts").add(row)), tx.objectStore("about").put(last, "last"), tx.done];
    await roomFor(Promise.all(writes));
  }

  /** In the order in which they were made. */
  async acts(key: CryptoKey, state?: State): Promise<(Made & { state: State })[]> {
    const rows = state ? await this.db.getAllFromIndex("acts", "state", state) : await this.db.getAll("acts");
    const made = await Promise.all(rows.map(async (row) => ({ ...(await unseal(row, key)), state: row.state })));
    return made.sort((a, b) => a.act.n - b.act.n);
  }

  waiting(): Promise<number> {
    return this.db.countFromIndex("acts", "state", "waiting");
  }

  /** What the server said of acts; only now do they leave the queue. */
  async settle(made: readonly Made[], key: CryptoKey): Promise<void> {
    const rows = await Promise.all(made.map((one) => seal(one, one.answer?.done === false ? "conflict" : "done", key)));
    const tx = this.db.transaction("acts", "readwrite", STRICT);
    await roomFor(Promise.all([...rows.map((row) => tx.store.put(row)), tx.done]));
  }

  /** Signed anew by keys that replaced those lost: it waits as before. */
  async signAgain(made: readonly Made[], key: CryptoKey): Promise<void> {
    const rows = await Promise.all(made.map((one) => seal(one, "waiting", key)));
    const tx = this.db.transaction("acts", "readwrite", STRICT);
    await roomFor(Promise.all([...rows.map((row) => tx.store.put(row)), tx.done]));
  }

  /** A new bundle: it knows of every act answered before it was asked for, of which only conflicts that nobody has read are kept. */
  async renew(bundle: string, clock: KeptClock, answered: readonly Made[], key: CryptoKey): Promise<void> {
    const unread = answered.filter((one) => one.answer?.done === false && !one.seen);
    const rows = await Promise.all(unread.map((one) => seal({ ...one, over: true }, "conflict", key)));
    const tx = this.db.transaction(["acts", "about"], "readwrite", STRICT);
    const [about, acts] = [tx.objectStore("about"), tx.objectStore("acts")];
    const drops = answered.filter((one) => !unread.includes(one)).map((one) => acts.delete(one.act.n));
    await roomFor(Promise.all([about.put(bundle, "bundle"), about.put(clock, "clock"), ...rows.map((row) => acts.put(row)), ...drops, tx.done]));
  }

  /** The tablet was revoked: nothing stays. */
  async wipe(): Promise<void> {
    const tx = this.db.transaction(["about", "signers", "acts"], "readwrite", STRICT);
    await Promise.all([...(["about", "signers", "acts"] as const).map((name) => tx.objectStore(name).clear()), tx.done]);
  }
}

async function seal(made: Made, state: State, key: CryptoKey): Promise<Row> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: utf8(String(made.act.n)) };
  return { n: made.act.n, state, iv, sealed: new Uint8Array(await crypto.subtle.encrypt(how, key, utf8(JSON.stringify(made)))) };
}

async function unseal(row: Row, key: CryptoKey): Promise<Made> {
  const how = { name: "AES-GCM", iv: row.iv, additionalData: utf8(String(row.n)) };
  return JSON.parse(text(new Uint8Array(await crypto.subtle.decrypt(how, key, row.sealed)))) as Made;
}
