/** EU certificate: base45 of a packed COSE_Sign1 whose payload is a CBOR Web Token. */
import { decode, encode } from "cborg";
import { base64, dccKey, holds, type Lists } from "./lists";
import { Broken, inflate, type Read, UnknownKey } from "./read";

type Claims = Map<number, unknown>;
type Bytes = Uint8Array<ArrayBuffer>;

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const [ALG, KID, EXPIRES, ISSUED, HCERT, ES256, SIGN1] = [1, 4, 4, 6, -260, -7, 18];
const HASHED = 16;

/** RFC 9285. */
export function base45(text: string): Bytes {
  const digits = [...text].map((c) => ALPHABET.indexOf(c));
  if (digits.includes(-1) || digits.length % 3 === 1) throw new Broken();
  const out: number[] = [];
  for (let n = 0; n < digits.length; n += 3) {
    const [low = 0, middle = 0, high] = digits.slice(n, n + 3);
    const value = low + middle * 45 + (high ?? 0) * 2025;
    if (value > (high === undefined ? 0xff : 0xffff)) throw new Broken();
    if (high !== undefined) out.push(value >> 8);
    out.push(value & 0xff);
  }
  return Uint8Array.from(out);
}

const read = <T>(raw: Bytes): T => decode(raw, { useMaps: true, tags: { [SIGN1]: (inner) => inner() } }) as T;

export async function dcc(text: string, lists: Lists): Promise<Read> {
  const signed = await inflate(base45(text.slice("HC1:".length)), "deflate");
  const [head, open, body, signature] = read<[Bytes, Claims, Bytes, Bytes]>(signed);
  const header = head.length ? read<Claims>(head) : (new Map() as Claims);
  if (header.get(ALG) !== ES256) throw new Broken();
  const kid = (header.get(KID) ?? open.get(KID)) as Bytes;
  const key = dccKey(lists, kid);
  if (!key) throw new UnknownKey();
  const said = Uint8Array.from(encode(["Signature1", head, new Uint8Array(), body]));
  if (!(await holds(await key, Uint8Array.from(signature), said))) throw new Broken();
  const claims = read<Claims>(body);
  const certificate = (claims.get(HCERT) as Map<number, Map<string, unknown>>).get(1);
  if (!certificate) throw new Broken();
  return told(claims, certificate, lists);
}

async function told(claims: Claims, certificate: Map<string, unknown>, lists: Lists): Promise<Read> {
  const name = certificate.get("nam") as Map<string, string>;
  const doses = (certificate.get("v") ?? []) as Map<string, string | number>[];
  const text = (dose: Map<string, string | number>, field: string): string => String(dose.get(field) ?? "");
  const hashes = await Promise.all(doses.map((dose) => hashed(text(dose, "ci"))));
  return {
    told: {
      kind: "dcc",
      name: name.get("fn") ?? name.get("fnt") ?? "",
      birth: String(certificate.get("dob") ?? ""),
      doses: doses.map((dose) => ({
        on: text(dose, "dt"), what: text(dose, "mp"), rank: `${text(dose, "dn")}/${text(dose, "sd")}`, lot: "", place: text(dose, "is"),
      })),
      issued: Number(claims.get(ISSUED)),
      expires: Number(claims.get(EXPIRES)),
    },
    revoked: hashes.some((hash) => lists.dcc_revoked.includes(hash)),
  };
}

async function hashed(identifier: string): Promise<string> {
  const whole = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(identifier));
  return base64(new Uint8Array(whole).slice(0, HASHED));
}

