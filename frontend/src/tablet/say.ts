/** Sentences of the reasons: the bundle's texts, their parameters by name, by local time and in words, as the pages say them. */
import type { Bundle, Param, Params, Text } from "./contract";
import { civilDay, clockTime } from "./time";

type Words = Pick<Bundle, "reasons" | "kinds" | "called" | "products" | "counts" | "verbs_from" | "zone">;

const DASH = "–";
const WEEKDAYS = { zh: "日一二三四五六", en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DATED = /^\d{4}-\d\d-\d\d/;
const QUALITY = "(?:(?:more|first|later|open|free|booked) )?";
const OF = "(?: of (?:lot|pack) \\S+)?";

export const chinese = (language: string): boolean => language.startsWith("zh");
export const pick = (text: Text | undefined, language: string): string => text?.[language] ?? text?.["en"] ?? Object.values(text ?? {})[0] ?? "";

/** 2021年5月20日 周四; Thu 20 May 2021. */
export function sayDay(day: string, language: string, { weekday = false, year = true } = {}): string {
  const [y, m, d] = day.split("-").map(Number) as [number, number, number];
  const at = new Date(Date.UTC(y, m - 1, d)).getUTCDay();
  if (chinese(language)) return `${year ? `${y}年` : ""}${m}月${d}日${weekday ? ` 周${WEEKDAYS.zh[at]}` : ""}`;
  return `${weekday ? `${WEEKDAYS.en[at]} ` : ""}${d} ${MONTHS[m - 1]}${year ? ` ${y}` : ""}`;
}

export function sayMoment(moment: number, language: string, zone: string, now: number): string {
  const day = civilDay(moment, zone);
  const text = sayDay(day, language, { weekday: true, year: day.slice(0, 4) !== civilDay(now, zone).slice(0, 4) });
  return `${text}${chinese(language) ? " " : ", "}${clockTime(moment, zone)}`;
}

function dated(value: Param, language: string, zone: string, now: number): string {
  const text = String(value);
  if (typeof value !== "string" || !DATED.test(text)) return text;
  if (text.length === 10) return sayDay(text, language);
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? text : sayMoment(moment, language, zone, now);
}

/** Codes parted by | or commas, each by its name. */
function listed(value: Param, language: string, name: (code: string) => Text | undefined): string {
  const parts = String(value).split(/\s*[|,，、]\s*/);
  return parts.map((code) => pick(name(code), language) || code).join(chinese(language) ? "、" : ", ");
}

export class Sayer {
  private readonly words: Words;
  private singular: RegExp | undefined;

  constructor(words: Words) {
    this.words = words;
  }

  /** The sentence of a reason; a parameter that was not given is a gap. */
  say(code: string, params: Params, language: string, now: number): string {
    const text = pick(this.words.reasons[code]?.text, language) || code;
    const said = text.replace(/\{(\w+)(?::[^}]*)?\}/g, (_, name: string) => (name in params ? this.said(code, name, params[name] ?? null, language, now) : "…"));
    return chinese(language) ? said : this.one(said);
  }

  rule(code: string, language: string): string {
    return pick(this.words.reasons[code]?.rule, language);
  }

  private said(code: string, name: string, value: Param, language: string, now: number): string {
    if (value === null || value === "") return DASH;
    const kind = this.words.kinds[`${code}.${name}`] ?? this.words.kinds[name] ?? "text";
    if (kind === "product") return listed(value, language, (one) => this.words.products[one]?.name);
    const called = this.words.called[kind];
    return called ? listed(value, language, (one) => called[one]) : dated(value, language, this.words.zone, now);
  }

  /** "1 doses are" is read as "1 dose is". */
  private one(sentence: string): string {
    if (!sentence.includes("1 ")) return sentence;
    const { counts, verbs_from: verbs } = this.words;
    const names = (rows: [string, string][]): string => rows.map(([many]) => many).join("|");
    this.singular ??= new RegExp(`(?<![\\d.,:/–-])(1 ${QUALITY})(${names(counts.slice(0, verbs))})\\b(${OF})(?:( )(${names(counts.slice(verbs))})\\b)?`, "g");
    const forms = new Map(counts);
    return sentence.replace(this.singular, (_, before: string, noun: string, of: string, space?: string, verb?: string) =>
      `${before}${forms.get(noun)}${of}${space ?? ""}${verb ? forms.get(verb) : ""}`);
  }
}
