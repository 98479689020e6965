// Figures of charts follow the rules of the pages in both languages.
import assert from "node:assert/strict";
import test from "node:test";
import { axis, headline, shortDay } from "../src/words";

const speak = (lang) => {
  globalThis.document = { documentElement: { lang } };
};

test("English headlines", () => {
  speak("en");
  assert.deepEqual([999, 12_400, 25_530_000, 3_443_000_000, -3_149].map(headline), ["999", "12,400", "25.53 M", "3.443 bn", "-3,149"]);
});

test("Chinese headlines", () => {
  speak("zh-hans");
  assert.deepEqual([999, 12_400, 25_534_000, 3_443_000_000].map(headline), ["999", "1.24万", "2553.4万", "34.43亿"]);
});

test("axis labels are as short as the figure allows", () => {
  speak("en");
  assert.deepEqual([0, 500, 1_500, 2_500_000].map(axis), ["0", "500", "1.5k", "2.5 M"]);
  speak("zh-hans");
  assert.deepEqual([0, 500, 15_000].map(axis), ["0", "500", "1.5万"]);
});

test("a day is written in the page's language, anything else stays", () => {
  speak("en");
  assert.equal(shortDay("2021-06-09"), "9 Jun");
  speak("zh-hans");
  assert.equal(shortDay("2021-06-09"), "6月9日");
  assert.equal(shortDay("later"), "later");
});
