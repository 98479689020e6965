// The reckoning behind the charts: days gathered and stretched, labels apart, files that spreadsheets read.
import assert from "node:assert/strict";
import test from "node:test";
import { ceiling, csv, gathered, lastIndex, levels, room, stretches } from "../src/charts/figures";

test("labels of one level never meet", () => {
  const labels = [10, 30, 50, 400, 410].map((at) => ({ at, text: "last useful first dose" }));
  const stood = levels(labels);
  labels.forEach((one, i) => labels.slice(i + 1).forEach((other, j) => {
    const apart = other.at - one.at >= (room(one.text) + room(other.text)) / 2;
    assert.ok(apart || stood[i] !== stood[i + 1 + j], `${i} meets ${i + 1 + j}`);
  }));
});

test("labels far apart share the lowest level", () => {
  assert.deepEqual(levels([{ at: 0, text: "today" }, { at: 300, text: "deadline" }]), [0, 0]);
});

test("a Chinese letter takes the room of two", () => {
  assert.ok(room("截止日") > room("due"));
  assert.equal(room("一\n三个字"), room("三个字"));
});

test("products of one day share a line, and the last day is the deadline's", () => {
  const rows = [
    { day: "2021-06-09", name: "Inactivated, BIBP" }, { day: "2021-06-09", name: "Inactivated, WIBP" },
    { day: "2021-06-09", name: "灭活（科兴）" }, { day: "2021-06-30", name: "Recombinant" },
  ];
  assert.deepEqual(gathered(rows, "2021-06-30"), [{ day: "2021-06-09", name: "Inactivated · 灭活" }]);
});

test("neighbouring days off are one stretch", () => {
  const days = ["a", "b", "c", "d", "e"];
  assert.deepEqual(stretches(days, ["a", "b", "d"]), [["a", "b"], ["d", "d"]]);
  assert.deepEqual(stretches(days, ["x"]), []);
});

test("the axis ends above every value", () => {
  for (const top of [0, 1, 9, 10, 99, 12_767, 1e7]) assert.ok(ceiling([null, top]) >= top * 1.05);
});

test("the last day with a value", () => {
  assert.equal(lastIndex([1, 2, null]), 1);
  assert.equal(lastIndex([null]), -1);
});

test("a cell with a comma, a quote or a break is quoted", () => {
  assert.equal(csv([["a,b", 'say "x"'], ["1", "two\nlines"]]), '"a,b","say ""x"""\r\n1,"two\nlines"\r\n');
});
