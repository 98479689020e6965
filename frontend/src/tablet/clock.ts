/** The time of acts: the tablet's clock, corrected by the server's at the last contact, and never before what has happened already. */
export interface Kept { skew: number; last: number; wall: number }
export interface Off { how: "back" | "wrong"; minutes: number }

const TELL_FROM = 5 * 60_000;
const BACK_FROM = 2_000;

export class Clock {
  private kept: Kept;
  private readonly wall: () => number;
  /** What is to be said about the tablet's clock, until it was. */
  off: Off | undefined;

  constructor(kept: Kept = { skew: 0, last: 0, wall: 0 }, wall: () => number = Date.now) {
    this.kept = { ...kept };
    this.wall = wall;
  }

  /** A clock that was set back is taken to stand where it stood before; the time of an act is not undone by any correction. */
  now(): number {
    const wall = this.wall();
    const back = this.kept.wall - wall;
    if (back > BACK_FROM) {
      this.kept.skew += back;
      this.off = { how: "back", minutes: Math.max(1, Math.round(back / 60_000)) };
    }
    this.kept.wall = wall;
    return Math.max(wall + this.kept.skew, this.kept.last);
  }

  /** The moment of an act: later than the one before. */
  stamp(): number {
    this.kept.last = Math.max(this.now(), this.kept.last + 1);
    return this.kept.last;
  }

  /** The server said its time; `asked` is the tablet's own when the question left. */
  heard(server: number, asked: number): void {
    const wall = this.wall();
    const skew = server - (asked + wall) / 2;
    const moved = Math.abs(skew - this.kept.skew);
    if (moved > TELL_FROM && this.kept.wall) this.off = { how: "wrong", minutes: Math.round(moved / 60_000) };
    this.kept = { ...this.kept, skew, wall };
  }

  /** What outlives the page. */
  state(): Kept {
    return { ...this.kept };
  }
}
