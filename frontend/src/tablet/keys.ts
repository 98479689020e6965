/**
 * Keys of a signer on this tablet: a pair that signs acts and a pair that opens bundles. Their private halves lie wrapped under a PIN and are in
 * memory only while somebody is at work. Wrong PINs wait longer and longer; the tenth in a row wipes the keys, and the signer enrols again.
 */
import { type Bytes, decode, encode, text, utf8 } from "./bytes";

const ROUNDS = 600_000;
export const FEWEST_DIGITS = 6;
const MOST_TRIES = 10;
/** Seconds of waiting after so many wrong PINs in a row. */
const WAITS = [0, 0, 0, 5, 15, 30, 60, 120, 300, 600];
const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const SEALING = { name: "ECDH", namedCurve: "P-256" };

export interface Kept {
  /** TABLET/POST */
  kid: string; post: number; name: string; salt: string; iv: string; wrapped: string; wrong: number; wait_until: number;
}
export interface Unlocked { kid: string; post: number; signing: CryptoKey; opening: CryptoKey }
export interface Public { signing: JsonWebKey; sealing: JsonWebKey }

export type Pin = "short" | "plain" | "fine";

/** Whether a PIN may be chosen: digits, not one repeated, not a run up or down. */
export function judgePin(pin: string): Pin {
  if (!/^\d+$/.test(pin) || pin.length < FEWEST_DIGITS) return "short";
  const steps = new Set([...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i])));
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0] ?? 0) ? "plain" : "fine";
}

async function keyOf(pin: string, salt: Bytes): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const bare = ({ kty, crv, x, y }: JsonWebKey): JsonWebKey => ({ kty, crv, x, y } as JsonWebKey);

export interface Pairs { signing: CryptoKeyPair; sealing: CryptoKeyPair; shown: Public }

const jwk = (key: CryptoKey): Promise<JsonWebKey> => crypto.subtle.exportKey("jwk", key);

/** New keys of a signer; the public halves are what the server enrols. */
export async function makeKeys(): Promise<Pairs> {
  const signing = await crypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
  const sealing = await crypto.subtle.generateKey(SEALING, true, ["deriveBits"]) as CryptoKeyPair;
  return { signing, sealing, shown: { signing: bare(await jwk(signing.publicKey)), sealing: bare(await jwk(sealing.publicKey)) } };
}

/** What the tablet keeps of a signer's keys. */
export async function wrap({ signing, sealing }: Pairs, who: { kid: string; post: number; name: string }, pin: string): Promise<Kept> {
  const [salt, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  const secret = utf8(JSON.stringify({ signing: await jwk(signing.privateKey), opening: await jwk(sealing.privateKey) }));
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(who.kid) }, await keyOf(pin, salt), secret);
  return { ...who, salt: encode(salt), iv: encode(iv), wrapped: encode(new Uint8Array(wrapped)), wrong: 0, wait_until: 0 };
}

export type Tried = { open: Unlocked } | { wait: number } | { left: number } | { wiped: true };

/** One try at a PIN, and what is kept of the signer afterwards: counted before it is tried, so that a page closed at once saves none. */
export async function unlock(kept: Kept, pin: string, now: number, keep: (after: Kept | undefined) => Promise<void>): Promise<Tried> {
  if (now < kept.wait_until) return { wait: Math.ceil((kept.wait_until - now) / 1000) };
  const wrong = kept.wrong + 1;
  await keep({ ...kept, wrong, wait_until: now + (WAITS[wrong] ?? 0) * 1000 });
  const found = await unwrap(kept, pin);
  if (found) {
    await keep({ ...kept, wrong: 0, wait_until: 0 });
    return { open: found };
  }
  if (wrong < MOST_TRIES) return { left: MOST_TRIES - wrong };
  await keep(undefined);
  return { wiped: true };
}

async function unwrap(kept: Kept, pin: string): Promise<Unlocked | undefined> {
  const how = { name: "AES-GCM", iv: decode(kept.iv), additionalData: utf8(kept.kid) };
  const secret = await crypto.subtle.decrypt(how, await keyOf(pin, decode(kept.salt)), decode(kept.wrapped)).catch(() => undefined);
  if (!secret) return undefined;
  const { signing, opening } = JSON.parse(text(new Uint8Array(secret))) as { signing: JsonWebKey; opening: JsonWebKey };
  return {
    kid: kept.kid, post: kept.post,
    signing: await crypto.subtle.importKey("jwk", signing, SIGNING, false, ["sign"]),
    opening: await crypto.subtle.importKey("jwk", opening, SEALING, false, ["deriveBits"]),
  };
}
