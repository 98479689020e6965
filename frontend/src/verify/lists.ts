/** What the issuer publishes: keys that stand on its lists, and the numbers of what it took back. */
export interface ShcKey { kid: string; kty: string; crv: string; x: string; y: string }
export interface DccKey { kid: string; rawData: string }
export interface Lists {
  as_of: string;
  keys: ShcKey[];
  crl: Record<string, string[]>;
  trust: DccKey[];
  dcc_revoked: string[];
}

const P256 = { name: "ECDSA", namedCurve: "P-256" };
// SubjectPublicKeyInfo of a key on P-256 up to its point (RFC 5480): as it stands inside every X.509 certificate of one.
const SPKI = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
  0x03, 0x01, 0x07, 0x03, 0x42, 0x00];
const POINT = 65;

export const bytes = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

export const base64 = (raw: Uint8Array): string => btoa(String.fromCharCode(...raw));

export function shcKey(lists: Lists, kid: string): Promise<CryptoKey> | undefined {
  const found = lists.keys.find((key) => key.kid === kid);
  if (!found) return undefined;
  const { kty, crv, x, y } = found;
  return crypto.subtle.importKey("jwk", { kty, crv, x, y }, P256, false, ["verify"]);
}

export function dccKey(lists: Lists, kid: Uint8Array): Promise<CryptoKey> | undefined {
  const found = lists.trust.find((key) => key.kid === base64(kid));
  if (!found) return undefined;
  const der = bytes(found.rawData);
  const at = der.findIndex((_, n) => SPKI.every((byte, k) => der[n + k] === byte));
  if (at < 0) return undefined;
  return crypto.subtle.importKey("spki", der.slice(at, at + SPKI.length + POINT), P256, false, ["verify"]);
}

/** A signature as r and s, 32 bytes each. */
export const holds = (key: CryptoKey, signature: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>): Promise<boolean> =>
  crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed);
