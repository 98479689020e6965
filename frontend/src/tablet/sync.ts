/** The way to the server: waiting acts in their order, then a fresh bundle. A cut at any byte loses nothing: what was not answered is sent again. */
import type { Clock } from "./clock";
import type { Answer, Text } from "./contract";
import type { Made } from "./store";

const MOST = 500;
const EVERY = 20_000;
const LONGEST = 320_000;
const PATIENCE = 60_000;

/** The server has revoked this tablet; whatever was given is taken. */
export class Revoked extends Error {
  readonly sentence: Text;

  constructor(sentence: Text) {
    super("revoked");
    this.sentence = sentence;
  }
}

/** The server answered, and not as agreed: its status, and its sentence if it gave one. */
export class Odd extends Error {
  readonly status: number;
  readonly sentence: Text | undefined;

  constructor(status: number, sentence?: Text) {
    super(String(status));
    this.status = status;
    this.sentence = sentence;
  }
}

export interface Queue {
  tablet: string;
  waiting(): Promise<Made[]>;
  settle(made: readonly Made[]): Promise<void>;
}

async function post(url: string, body: string, type: string): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST", body, headers: { "Content-Type": type, Accept: "application/json" }, credentials: "same-origin", cache: "no-store", redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.ok) return answer;
  const { sentence } = (await answer.json().catch(() => ({}))) as { sentence?: Text };
  if (answer.status === 410) throw new Revoked(sentence ?? {});
  throw new Odd(answer.status, sentence);
}

export interface Sent { answered: number; unread: Made[] }

/** Sends what waits, at most five hundred a request, and one empty request where nothing does: the server is there, and this is its time.
 *
 * Acts that the server could not read stay here and hold nobody up.
 */
export async function send(url: string, queue: Queue, clock: Clock, wall: () => number = Date.now): Promise<Sent> {
  const unread = new Map<number, Made>();
  for (let sent = 0, asked = false; ; asked = true) {
    const batch = (await queue.waiting()).filter((one) => !unread.has(one.act.n)).slice(0, MOST);
    if (asked && !batch.length) return { answered: sent, unread: [...unread.values()] };
    const left = wall();
    const body = JSON.stringify({ tablet: queue.tablet, at: new Date(clock.now()).toISOString(), acts: batch.map((one) => one.jws) });
    const told = (await (await post(url, body, "application/json")).json()) as { now: string; answers: Answer[]; unread?: number[] };
    const of = new Map(told.answers.map((one) => [one.n, one]));
    const answered = batch.flatMap((one) => (of.has(one.act.n) ? [{ ...one, answer: of.get(one.act.n) as Answer }] : []));
    if (answered.length) await queue.settle(answered);
    for (const one of batch) if (!of.has(one.act.n)) unread.set(one.act.n, one);
    clock.heard(Date.parse(told.now), left);
    sent += answered.length;
  }
}

/** The sealed bundle, as the server made it for this tablet. */
export async function fetchBundle(url: string, asking: string): Promise<string> {
  return (await post(url, asking, "application/jose")).text();
}

/** Runs one contact at a time: at once when the network comes back or something was made, else every twenty seconds, and more and more rarely while it fails. */
export class Beat {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private failed = 0;
  private again = false;
  private stopped = false;
  private readonly contact: () => Promise<void>;

  constructor(contact: () => Promise<void>) {
    this.contact = contact;
  }

  now(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    clearTimeout(this.timer);
    this.running = this.contact().then(() => { this.failed = 0; }, () => { this.failed += 1; }).finally(() => {
      this.running = undefined;
      const soon = this.again && this.failed === 0;
      this.again = false;
      if (!this.stopped) this.timer = setTimeout(() => void this.now(), soon ? 0 : Math.min(EVERY * 2 ** Math.max(0, this.failed - 1), LONGEST));
    });
    return this.running;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
