/** SMART Health Card: digits in pairs are the characters of a compact JWS; its payload is a deflated FHIR bundle. */
import { bytes, holds, type Lists, shcKey } from "./lists";
import { Broken, inflate, type Read, UnknownKey } from "./read";

interface Resource {
  resourceType: string;
  name?: { text?: string; family?: string; given?: string[] }[];
  birthDate?: string;
  occurrenceDateTime?: string;
  vaccineCode?: { text?: string; coding?: { system: string; code: string }[] };
  lotNumber?: string;
  performer?: { actor?: { display?: string } }[];
}
interface Claims {
  nbf: number;
  exp?: number;
  vc: { rid?: string; credentialSubject: { fhirBundle: { entry: { resource: Resource }[] } } };
}

const FIRST = 45;
const NEVER = Number.MAX_SAFE_INTEGER;

function compact(text: string): string[] {
  const digits = text.slice("shc:/".length);
  if (!/^(\d\d)+$/.test(digits)) throw new Broken();
  const parts = digits.replace(/\d\d/g, (pair) => String.fromCharCode(Number(pair) + FIRST)).split(".");
  if (parts.length !== 3) throw new Broken();
  return parts;
}

export async function shc(text: string, lists: Lists): Promise<Read> {
  const [head = "", body = "", signature = ""] = compact(text);
  const header = JSON.parse(new TextDecoder().decode(bytes(head))) as { kid: string; alg: string; zip?: string };
  if (header.alg !== "ES256") throw new Broken();
  const key = shcKey(lists, header.kid);
  if (!key) throw new UnknownKey();
  if (!(await holds(await key, bytes(signature), new TextEncoder().encode(`${head}.${body}`)))) throw new Broken();
  const claims = JSON.parse(new TextDecoder().decode(await inflate(bytes(body), "deflate-raw"))) as Claims;
  const rid = claims.vc.rid ?? "";
  return { told: told(claims), revoked: (lists.crl[header.kid] ?? []).includes(rid) };
}

function told(claims: Claims): Read["told"] {
  const resources = claims.vc.credentialSubject.fhirBundle.entry.map((entry) => entry.resource);
  const patient = resources.find((row) => row.resourceType === "Patient");
  const given = resources.filter((row) => row.resourceType === "Immunization");
  const named = patient?.name?.[0];
  return {
    kind: "shc",
    name: named?.text ?? [named?.family, ...(named?.given ?? [])].filter(Boolean).join(" "),
    birth: patient?.birthDate ?? "",
    doses: given.map((row, n) => ({
      on: row.occurrenceDateTime ?? "",
      what: row.vaccineCode?.text ?? row.vaccineCode?.coding?.map((coding) => `CVX ${coding.code}`).join(" ") ?? "",
      rank: `${n + 1}`,
      lot: row.lotNumber ?? "",
      place: row.performer?.[0]?.actor?.display ?? "",
    })),
    issued: claims.nbf,
    expires: claims.exp ?? NEVER,
  };
}
