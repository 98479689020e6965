/** What a scanner read: a trace code of 20 characters, a GS1 code with a serial, or a person's document; named as the server's books name them. */
import type { Params } from "./contract";

const TRACE = /^[0-9A-Z]{7}[0-9]{13}$/;
const GS1_ONLY = new Set(["]C1", "]d2", "]e0", "]Q3"]);
const SEPARATOR = "\u001d";
const LONGEST = 50;
/** Lengths of identifier and value together where the value's end is not marked (GS1 General Specifications), by the first two digits. */
const FIXED: Record<string, number> = {
  "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8, "17": 8, "18": 8, "19": 8, "20": 4,
  "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
};
const IDENTIFIER = /^(?:3[1-69]\d\d|43\d\d|7[02]\d\d|8[0-2]\d\d|235|2[45]\d|4[0-2]\d|71\d|\d\d)/;

export interface Code { form: "trace" | "serial" | "lot" | "carton" | "product"; key: string; lot: string; gtin: string }
export interface NoCode { code: string; params: Params }
export const isCode = (read: Code | NoCode): read is Code => "form" in read;

/** The check digit of a GTIN or SSCC holds: weights 3 and 1 from the right. */
export function checked(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 3 : 1), 0);
  return /^\d+$/.test(digits) && sum % 10 === 0;
}

/** Application identifiers and their values, of a text with or without brackets; nothing where it is no element string. */
function elements(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  let rest = text.startsWith(SEPARATOR) ? text.slice(1) : text;
  while (rest) {
    const ai = IDENTIFIER.exec(rest)?.[0];
    if (!ai) return undefined;
    const fixed = FIXED[ai.slice(0, 2)];
    const end = fixed ?? rest.indexOf(SEPARATOR);
    const value = rest.slice(ai.length, end < 0 ? undefined : end);
    if (!value || (fixed !== undefined && rest.length < fixed)) return undefined;
    found.set(ai, value);
    rest = end < 0 ? "" : rest.slice(end).replace(/^\u001d/, "");
  }
  return found;
}

function ofElements(parts: Map<string, string>): Code | undefined {
  const [sscc, gtin, lot = "", serial] = ["00", "01", "10", "21"].map((ai) => parts.get(ai));
  if (sscc && checked(sscc)) return { form: "carton", key: sscc, lot: "", gtin: "" };
  if (!gtin || !checked(gtin)) return undefined;
  if (serial) return { form: "serial", key: `01${gtin}21${serial}`, lot, gtin };
  return lot ? { form: "lot", key: `01${gtin}10${lot}`, lot, gtin } : { form: "product", key: gtin, lot: "", gtin };
}

export function readCode(text: string): Code | NoCode {
  const said = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const symbology = /^\][A-Za-z][0-9a-z]/.exec(said)?.[0] ?? "";
  const body = said.slice(symbology.length);
  if (TRACE.test(body) && !GS1_ONLY.has(symbology)) return { form: "trace", key: body, lot: "", gtin: "" };
  const parts = symbology === "" || GS1_ONLY.has(symbology) ? elements(body) : undefined;
  const found = parts && ofElements(parts);
  if (found) return found;
  if ([8, 12, 13, 14].includes(body.length) && checked(body)) return { form: "product", key: body.padStart(14, "0"), lot: "", gtin: body.padStart(14, "0") };
  const wrong = /^\d+$/.test(body) && body.length !== 20;
  return wrong ? { code: "CODE_LENGTH", params: { code: body.slice(0, LONGEST), length: body.length } } : { code: "BAD_TRACE_CODE", params: { code: body.slice(0, LONGEST) } };
}

/** A document number half-width, upper case, without marks, spaces, hyphens and the dots between thousands (people/identity.py). */
export function documentNumber(text: string): string {
  const seen = text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]/g, " ").replace(/[\p{Cf}\p{Cc}]/gu, "").trim();
  const plain = seen.replace(/^="(.*)"$/, "$1").replace(/^['\u2019\u2018`\u00b4]\s*/, "").normalize("NFKC").toUpperCase()
    .replace(/[\s\-\u2010-\u2015\u2212]|\([A-Z]\)$/g, "");
  return /^\d{1,3}(\.\d{3})+[0-9A-Z]?$/.test(plain) ? plain.replaceAll(".", "") : plain;
}
