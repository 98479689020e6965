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

/** The server answered, and not as agreed: its status. */
export class Odd extends Error {}

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
  if (answer.status === 410) throw new Revoked(((await answer.json()) as { sentence: Text }).sentence);
  if (!answer.ok) throw new Odd(String(answer.status));
  return answer;
}

/** Sends what waits, at most five hundred a request; how many were answered. */
export async function send(url: string, queue: Queue, clock: Clock, wall: () => number = Date.now): Promise<number> {
  let sent = 0;
  for (;;) {
    const waiting = await queue.waiting();
    const batch = waiting.slice(0, MOST);
    if (!batch.length) return sent;
    const asked = wall();
    const body = JSON.stringify({ tablet: queue.tablet, at: new Date(clock.now()).toISOString(), acts: batch.map((one) => one.jws) });
    const { now, answers } = (await (await post(url, body, "application/json")).json()) as { now: string; answers: Answer[] };
    const of = new Map(answers.map((one) => [one.n, one]));
    const answered = batch.flatMap((one) => (of.has(one.act.n) ? [{ ...one, answer: of.get(one.act.n) as Answer }] : []));
    await queue.settle(answered);
    clock.heard(Date.parse(now), asked);
    sent += answered.length;
    if (answered.length < batch.length) throw new Odd("unanswered");
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
