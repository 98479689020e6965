/** Judges the text of a code: valid, or the one reason why not. Works on what it is given; asks nobody. */
import { dcc } from "./dcc";
import type { Lists } from "./lists";
import { type Told, UnknownKey } from "./read";
import { shc } from "./shc";

export type State = "valid" | "tampered" | "expired" | "revoked" | "unknown" | "none";
export interface Verdict { state: State; told?: Told }

/** `now` in seconds. A text that begins like a certificate and cannot be read was touched. */
export async function judge(text: string, lists: Lists, now: number): Promise<Verdict> {
  const reader = text.startsWith("shc:/") ? shc : text.startsWith("HC1:") ? dcc : undefined;
  if (!reader) return { state: "none" };
  try {
    const { told, revoked } = await reader(text, lists);
    return { state: revoked ? "revoked" : told.expires <= now ? "expired" : "valid", told };
  } catch (error) {
    return { state: error instanceof UnknownKey ? "unknown" : "tampered" };
  }
}
