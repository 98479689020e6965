/** The time of acts: the tablet's clock, corrected by the server's at the last contact, and never before what has happened already. */
export interface Kept { skew: number; last: number }
export interface Off { how: "back" | "wrong"; minutes: number }

const TELL_FROM = 5 * 60_000;
const BACK_FROM = 2_000;

export class Clock {
  private kept: Kept;
  private readonly wall: () => number;
  /** What is to be said about the tablet's clock, until it was. */
  off: Off | undefined;

  constructor(kept: Kept = { skew: 0, last: 0 }, wall: () => number = Date.now) {
    this.kept = { ...kept };
    this.wall = wall;
  }

  /** A clock set back is taken to stand where the last act was made. */
  now(): number {
    const told = this.wall() + this.kept.skew;
    const back = this.kept.last - told;
    if (back <= 0) return told;
    if (back > BACK_FROM) {
      this.kept.skew += back;
      this.off = { how: "back", minutes: Math.max(1, Math.round(back / 60_000)) };
    }
    return this.kept.last;
  }

  /** The moment of an act: later than the one before. */
  stamp(): number {
    this.kept.last = Math.max(this.now(), this.kept.last + 1);
    return this.kept.last;
  }

  /** The server said its time; `asked` is the tablet's own when the question left. */
  heard(server: number, asked: number): void {
    const middle = (asked + this.wall()) / 2;
    const skew = server - middle;
    const moved = skew - this.kept.skew;
    if (Math.abs(moved) > TELL_FROM) this.off = { how: "wrong", minutes: Math.round(Math.abs(moved) / 60_000) };
    this.kept = { skew, last: Math.min(this.kept.last, server) };
  }

  /** What outlives the page. */
  state(): Kept {
    return { ...this.kept };
  }
}
