// A small day bundle, written by hand: one site, one programme of two doses, the persons that the tests need.
import { readFileSync } from "node:fs";

const root = process.env.SEAWALL_ROOT ?? process.cwd();

/** The rows of an interlock table as the bundle carries them. */
function rows(path) {
  const [head, ...lines] = readFileSync(`${root}/${path}`, "utf8").trim().split("\n").map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]]))).map(({ step, code, when, params, soft }) => ({
    step, code, params: Object.fromEntries(params.split(" ").filter(Boolean).map((one) => one.split("=")).map(([name, value]) => [name, value ?? name])), soft: soft === "yes",
    when: Object.fromEntries(when.split(" ").map((part) => part.split("=")).map(([fact, values]) => [fact, values.split("|")])),
  }));
}

const both = (zh, en) => ({ "zh-hans": zh, en });
const due = (more) => ({
  from: "2021-05-20", status: "due", rank: 1, given: 0, products: ["CV", "CZ"], earliest: null, reason: "DUE", rule: "R1", release: "r", last: null, ...more,
});
export const person = (id, more = {}) => ({
  id, name: `张三${id}`, sex: 1, birth: "1980-05-20", document: "***1234", keys: [`key${id}`], ask: { covid19: ["FEVERISH", "PREGNANT"] },
  due: { covid19: [due(more.due)] }, doses: { covid19: [] }, minor: { covid19: false }, ...more.self,
});
const pack = (code, more = {}) => ({
  code, codes: [], product: "CV", lot: "L1", expires: "2022-01-01", state: "on_hand", lot_state: "released", doses: 2, left: 2, open_until: null, gap: false, vvm: null,
  diluent: null, minutes: 60, needs_diluent: false, last_vvm: null, ...more,
});
const CHECKS = ["HEALTH_AND_CONTRAINDICATIONS", "NAME", "VACCINE"];

export const bundle = (more = {}) => ({
  version: 1, tablet: "7f3a0000-0000-4000-8000-000000000001", made_at: "2021-05-20T00:00:00+00:00", until: "2021-05-22T00:00:00+00:00", zone: "Asia/Shanghai",
  languages: ["zh-hans", "en"], synthetic: true, key: "AAECAwQFBgcICQoLDA0ODw", salt: "c2FsdA", site: { id: 7, name: both("甲点", "Site A"), leaf: 3 },
  days: ["2021-05-20", "2021-05-21"], open: ["2021-05-20"],
  signers: [
    { post: 1, account: 1, name: "李梅", duty: "SCREENER", may: ["visit_arrive", "screening_record"], certified: { covid19: "2022-01-01" } },
    { post: 2, account: 2, name: "王芳", duty: "VACCINATOR", may: ["dose_give", "dose_reverse"], certified: { covid19: "2022-01-01" } },
    { post: 3, account: 1, name: "李梅", duty: "VACCINATOR", may: ["dose_give"], certified: { covid19: "2021-05-19" } },
  ],
  campaigns: [{ code: "C2021", programme: "covid19", name: both("新冠", "COVID-19") }],
  persons: [
    person(11), person(12, { due: { status: "not_yet", rank: 2, given: 1, earliest: "2021-06-01", last: "CV" } }),
    person(13, { due: { status: "overdue", rank: 2, given: 1, products: ["CV", "CZ"], last: "CV" } }), person(14, { self: { birth: "2005-05-21" } }),
  ],
  appointments: [
    { id: "a0000000-0000-4000-8000-000000000011", person: 11, campaign: "C2021", starts_at: "2021-05-20T01:00:00+00:00", state: "booked", rank: 1 },
    { id: "a0000000-0000-4000-8000-000000000013", person: 13, campaign: "C2021", starts_at: "2021-05-21T01:00:00+00:00", state: "booked", rank: 2 },
  ],
  visits: [], packs: [pack("8000001" + "0".repeat(13)), pack("8000002" + "0".repeat(13), { product: "CZ", lot: "L2", lot_state: "recalled" })],
  products: {
    CV: { name: both("克尔来福", "CoronaVac"), volume_ml: 0.5, platform: "inactivated", route: { code: "IM", arms: ["L", "R"], name: both("肌内", "Intramuscular") }, series: 2 },
    CZ: { name: both("众爱可维", "BIBP"), volume_ml: 0.5, platform: "inactivated", route: { code: "IM", arms: ["L", "R"], name: both("肌内", "Intramuscular") }, series: 2 },
  },
  questions: { covid19: [
    { code: "FEVERISH", text: both("发热", "Fever"), effect: "defer", risk: false }, { code: "PREGNANT", text: both("妊娠", "Pregnant"), effect: "forbid", risk: false },
    { code: "ALLERGY_HISTORY", text: both("过敏史", "Allergies"), effect: "note", risk: true },
  ] },
  consents: { covid19: [{ version: "v1", language: "en", text: both("告知", "Told"), guardian_below: 18 }] },
  observation: { covid19: [{ product: "*", risk: "NORMAL", minutes: 30 }, { product: "*", risk: "ALLERGY_HISTORY", minutes: 60 }] },
  risks: ["NORMAL", "ALLERGY_HISTORY"], limits: { FEVER: 37.3, CELSIUS_LOWEST: 34, CELSIUS_HIGHEST: 43, ARRIVE_EARLY: 60, ARRIVE_LATE: 30, REVERSE_WITHIN: 60 },
  checks: CHECKS.map((code, i) => ({ number: i + 1, code, group: "look", text: both(code, code), filled_by: i === 2 ? "system" : "nurse" })),
  without_dose: [{ code: "CALLED_AWAY", text: both("离开", "Called away") }], leavings: [{ code: "UNSEEN", outcome: "unseen", text: both("未留观", "Unseen") }],
  not_given: [{ code: "PRESSED_BY_MISTAKE", text: both("误点", "Pressed by mistake") }], documents: [],
  interlocks: [...rows("src/seawall/clinic/tables/interlocks.csv"), ...rows("src/seawall/supply/tables/interlocks.csv")],
  reasons: {
    TOO_EARLY: { severity: "stop", rule: both("间隔", "Interval"), text: both("未到接种时间，最早 {earliest}（第 {dose_rank} 剂）。", "Too early: dose {dose_rank} may be given from {earliest} on.") },
    WRONG_PRODUCT: { severity: "stop", rule: both("", ""), text: both("{product}，应为 {asked}", "{product} instead of {asked}") },
    STAY_UNTIL: { severity: "stop", rule: both("", ""), text: both("还有 {minutes} 分钟", "{minutes} minutes are left until {until}") },
  },
  kinds: { earliest: "day", dose_rank: "number", product: "product", "WRONG_PRODUCT.asked": "product", until: "moment", minutes: "number" }, called: {},
  counts: [["minutes", "minute"], ["are", "is"]], verbs_from: 1, ...more,
});

const AT = "2021-05-20T01:10:00+00:00";
export const CHECKED = CHECKS;
export const arrive = (act, person_id, more = {}) => ({
  verb: "visit_arrive", item: { act, occurred_at: AT, site_id: 7, person_id, campaign: "C2021", appointment: null, identity: "document", second_person_post_id: null, ...more },
});
export const screen = (act, visit, more = {}) => ({
  verb: "screening_record",
  item: {
    act, occurred_at: AT, site_id: 7, visit, clinician_post_id: 1, outcome: "recommended", celsius: 36.5, findings: [], recheck_on: null, answered: ["FEVERISH", "PREGNANT"],
    consent: { version: "v1", language: "en", signer: "self", agreed: true }, ...more,
  },
});
export const dose = (act, visit, more = {}) => ({
  verb: "dose_give",
  item: {
    act, occurred_at: AT, site_id: 7, visit, code: "8000001" + "0".repeat(13), product: "CV", arm: "L", vaccinator_post_id: 2, checks: CHECKS, override_reason: "",
    typed: false, ...more,
  },
});
