// The tablet's judge: the same rows as the server's, over facts computed here; and the cases that the server's own judge has decided.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Day } from "../src/tablet/day";
import { arriving, consenting, dosing, screening, vial } from "../src/tablet/judge";
import { Sayer } from "../src/tablet/say";
import { arrive, bundle, dose, person, screen } from "./tablet_bundle.mjs";

const codes = (broken) => broken.map((one) => one.code);
const numbered = (deeds) => deeds.map((deed, i) => ({ ...deed, n: i + 1, at: deed.item.occurred_at }));

/** The day after some acts; a visit `v` of a person who was screened. */
const after = (...deeds) => new Day(bundle(), numbered(deeds));
const ready = (id, inquiry = {}) => after(arrive("v", id), screen("s", "v", inquiry));

test("at the door: who is inside already, whose day it is not, and who may not have a dose yet", () => {
  const day = after(arrive("v", 11));
  const at = (id, more) => arriving(day, arrive("w", id, more).item, String(id), 1);
  assert.deepEqual(codes(at(11)), ["ALREADY_HERE"]);
  assert.deepEqual(codes(at(12)), ["TOO_EARLY"]);
  assert.deepEqual(codes(at(13, { appointment: "a0000000-0000-4000-8000-000000000013" })), ["WRONG_DAY"]);
  assert.deepEqual(codes(at(14, { identity: "manual" })), ["SECOND_PERSON_NEEDED"]);
  assert.deepEqual(codes(at(14, { occurred_at: "2021-05-21T02:00:00Z" })), ["SESSION_CLOSED_HERE"]);
  assert.deepEqual(codes(at(14)), []);
});

test("an inquiry: fever, findings, silence, and a minor's own signature", () => {
  const ask = (more, id = 11) => codes(screening(after(arrive("v", id)), screen("s", "v", more).item));
  assert.deepEqual(ask({}), []);
  assert.deepEqual(ask({ celsius: 37.3 }), ["FEVER_MUST_DEFER"]);
  assert.deepEqual(ask({ findings: ["PREGNANT"] }), ["FINDING_FORBIDS"]);
  assert.deepEqual(ask({ answered: ["FEVERISH"] }), ["ANSWERS_MISSING"]);
  assert.deepEqual(ask({ outcome: "deferred", findings: ["FEVERISH"], recheck_on: "2021-05-20" }), ["RECHECK_DATE_PAST"]);
  assert.deepEqual(ask({ clinician_post_id: 2 }), ["SIGNER_NOT_ON_DUTY"]);
  assert.deepEqual(ask({}, 14), ["GUARDIAN_NEEDED"]);
});

test("a dose: every step before it, every hand, every product", () => {
  const give = (more, day = ready(11)) => codes(dosing(day, dose("d", "v", more).item));
  assert.deepEqual(give({}), []);
  assert.deepEqual(give({}, after(arrive("v", 11))), ["SCREENING_MISSING", "CONSENT_MISSING"]);
  assert.deepEqual(give({ checks: [] }), ["CHECKS_MISSING"]);
  assert.deepEqual(give({ vaccinator_post_id: 3 }), ["FOUR_EYES", "VACCINATOR_NOT_CERTIFIED"]);
  assert.deepEqual(give({ arm: "NOSE" }), ["BODY_SITE_UNKNOWN"]);
  assert.deepEqual(give({ product: "XX" }), ["WRONG_PRODUCT_FOR_PERSON"]);
  assert.deepEqual(give({ product: "CZ" }, ready(13)), ["PRODUCT_SWITCH_NEEDS_REASON"]);
  assert.deepEqual(give({ product: "CZ", override_reason: "none left" }, ready(13)), []);
  assert.deepEqual(give({ occurred_at: "2021-05-21T02:00:00Z" }), ["WRONG_DAY", "SESSION_CLOSED_HERE"]);
});

test("a vial: used up, recalled, opened too long, unknown", () => {
  const day = after(arrive("v", 11), screen("s", "v"), dose("d", "v"));
  const ask = (more, of = day) => codes(vial(of, dose("x", "v", more).item));
  assert.deepEqual(ask({}), []);
  assert.deepEqual(ask({ occurred_at: "2021-05-20T02:10:01Z" }), ["OPENED_TOO_LONG"]);
  assert.deepEqual(ask({ code: "8000002" + "0".repeat(13), product: "CZ" }), ["LOT_RECALLED"]);
  assert.deepEqual(ask({ code: "8000001" + "0".repeat(13), product: "CZ" }), ["WRONG_PRODUCT"]);
  assert.deepEqual(ask({ code: "nothing" }), ["CODE_NOT_ON_TABLET"]);
  day.pack("8000001" + "0".repeat(13)).left = 0;
  assert.deepEqual(ask({}), ["CODE_USED_UP"]);
});

test("a dose given here closes the door for the day, and one taken back opens it", () => {
  const given = [arrive("v", 11), screen("s", "v"), dose("d", "v")];
  const again = (day) => codes(arriving(day, arrive("w", 11).item, "11", 1));
  assert.deepEqual(again(after(...given)), ["ALREADY_HERE", "DOSE_GIVEN_TODAY"]);
  const back = { verb: "dose_reverse", item: { act: "r", occurred_at: "2021-05-20T01:10:30Z", site_id: 7, visit: "v", reason: "PRESSED_BY_MISTAKE" } };
  const day = after(...given, back);
  assert.equal(day.visits.get("v").state, "consented");
  assert.equal(day.pack("8000001" + "0".repeat(13)).left, 2);
  assert.equal(day.pack("8000001" + "0".repeat(13)).open_until, null);
  assert.deepEqual(codes(dosing(day, dose("d2", "v").item)), []);
});

test("somebody without record is asked, flagged, and let through with a reason", () => {
  const walkIn = { verb: "persons_register", item: { act: "p", occurred_at: "2021-05-20T01:00:00Z", name: "无名", sex: 2, birth: "1990-01-01", leaf_id: 3, documents: [], witness: "王" } };
  const day = after(walkIn, { ...arrive("v", 0), person: "p" }, screen("s", "v", { answered: ["FEVERISH", "PREGNANT", "ALLERGY_HISTORY"] }));
  assert.deepEqual(codes(dosing(day, dose("d", "v").item)), ["HISTORY_UNKNOWN"]);
  assert.deepEqual(codes(dosing(day, dose("d", "v", { override_reason: "says none" }).item)), []);
});

test("a higher risk sits longer", () => {
  const day = after(arrive("v", 11), screen("s", "v", { findings: ["ALLERGY_HISTORY"] }), dose("d", "v"));
  assert.equal(day.visits.get("v").until, "2021-05-20T02:10:00.000Z");
});

test("sentences name products, days and moments as the pages do", () => {
  const sayer = new Sayer(bundle());
  const now = Date.parse("2021-05-20T01:00:00Z");
  const say = (code, params, language) => sayer.say(code, params, language, now);
  assert.equal(say("TOO_EARLY", { earliest: "2021-06-01", dose_rank: 2 }, "zh-hans"), "未到接种时间，最早 2021年6月1日（第 2 剂）。");
  assert.equal(say("TOO_EARLY", { earliest: "2021-06-01", dose_rank: 2 }, "en"), "Too early: dose 2 may be given from 1 Jun 2021 on.");
  assert.equal(say("WRONG_PRODUCT", { product: "CV|CZ", asked: "CZ" }, "zh-hans"), "克尔来福、众爱可维，应为 众爱可维");
  assert.equal(say("STAY_UNTIL", { minutes: 1, until: "2021-05-20T09:40:00+08:00" }, "en"), "1 minute is left until Thu 20 May, 09:40");
});

const path = process.env.SEAWALL_CASES;
test("every case that the server's judge decided is decided alike", { skip: path ? false : "SEAWALL_CASES names no file of cases" }, () => {
  const { cases } = JSON.parse(readFileSync(path, "utf8"));
  assert.ok(cases.length, "no cases");
  for (const { name, step, by, at, knows, here, item, broken } of cases) {
    const visits = (step === "arrive" ? knows.visits : [here]).map((one) => ({ findings: [], ...one }));
    const day = new Day({ ...bundle(), ...knows, visits, persons: knows.persons.map((one) => ({ keys: [], ...one })) });
    const found = {
      arrive: () => arriving(day, item, String(item.person_id), by), screen: () => screening(day, item),
      consent: () => consenting(day, day.visits.get(here.visit), item, at), dose: () => dosing(day, item), vial: () => vial(day, item),
    }[step]();
    const plain = (rows) => rows.map(({ code, params }) => ({ code, params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, moment(value)])) }));
    assert.deepEqual(plain(found), plain(broken), `${step}: ${name}`);
  }
  console.log(`# cases ${cases.length}`);
});

/** A moment is one moment, however its zone is written. */
const moment = (value) => (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : value);

test("a scan is judged at once, whoever else stands on the tablet", () => {
  const persons = Array.from({ length: 3000 }, (_, i) => person(i + 11));
  const day = new Day(bundle({ persons }), numbered([arrive("v", 11), screen("s", "v")]));
  const before = performance.now();
  for (let i = 0; i < 100; i += 1) {
    dosing(day, dose("d", "v").item);
    vial(day, dose("d", "v").item);
  }
  assert.ok((performance.now() - before) / 100 < 5, "a decision takes longer than five milliseconds");
});
