// The queue of acts: kept in order, sent in order, given up only on an answer; against a server that is cut off at every byte.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import "fake-indexeddb/auto";
import test from "node:test";
import { Clock } from "../src/tablet/clock";
import { sealingKey, Store } from "../src/tablet/store";
import { Odd, Revoked, send } from "../src/tablet/sync";
import { arrive, bundle } from "./tablet_bundle.mjs";

let sites = 0;
const fresh = () => Store.open((sites += 1));
const made = (n) => ({ act: { ...arrive(`act-${n}`, n), n, at: "2021-05-20T01:00:00Z" }, jws: `jws-${n}` });
const numbers = (rows) => rows.map((row) => row.act.n);

test("acts are sealed at rest, come back in order, and count on after they are gone", async () => {
  const [store, key] = [await fresh(), await sealingKey(bundle().key)];
  await store.add([made(1)], key);
  await store.add([made(2), made(3)], key);
  assert.deepEqual(numbers(await store.acts(key, "waiting")), [1, 2, 3]);
  await assert.rejects(store.add([made(3), made(4)], key), "a number is given once, and what is written together fails together");
  assert.equal(await store.waiting(), 3);
  const other = await sealingKey("____________________AA".slice(0, 22));
  await assert.rejects(store.acts(other), "another bundle's key reads nothing");
});

test("an act that is answered leaves the queue; a refused one stays to be read", async () => {
  const [store, key] = [await fresh(), await sealingKey(bundle().key)];
  await store.add([made(1), made(2)], key);
  const conflict = { code: "LOT_RECALLED", params: {}, sentence: { en: "recalled" } };
  const answers = [{ n: 1, act: "act-1", done: true }, { n: 2, act: "act-2", done: false, conflict }];
  await store.settle(answers.map((answer, i) => ({ ...made(i + 1), answer })), key);
  assert.equal(await store.waiting(), 0);
  assert.deepEqual(numbers(await store.acts(key, "conflict")), [2]);
  await store.renew("bundle", { skew: 0, last: 0, wall: 0 }, await store.acts(key), key);
  const [unread, ...others] = await store.acts(key);
  assert.deepEqual([unread.act.n, unread.over, others], [2, true, []]);
  await store.settle([{ ...unread, seen: true }], key);
  await store.renew("bundle", { skew: 0, last: 0, wall: 0 }, await store.acts(key), key);
  assert.deepEqual(await store.acts(key), []);
  assert.equal(await store.next(), 3);
});

test("a revoked tablet keeps nothing", async () => {
  const [store, key] = [await fresh(), await sealingKey(bundle().key)];
  await store.tell({ tablet: "t", bundle: "b" });
  await store.add([made(1)], key);
  await store.wipe();
  assert.deepEqual([await store.about(), await store.signers(), await store.waiting()], [{}, [], 0]);
});

/** A server that takes each act once and may be cut off after some bytes of its answer. */
async function serve() {
  const held = { taken: [], cut: Infinity, status: 200, requests: 0, unreadable: "" };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part)).on("end", () => {
      held.requests += 1;
      if (held.status !== 200) return response.writeHead(held.status).end(JSON.stringify({ code: "X", sentence: { en: "revoked" } }));
      const { acts } = JSON.parse(body);
      const readable = acts.filter((jws) => jws !== held.unreadable);
      for (const jws of readable) if (!held.taken.includes(jws)) held.taken.push(jws);
      const answers = readable.map((jws) => ({ n: Number(jws.slice(4)), act: jws, done: true }));
      const whole = Buffer.from(JSON.stringify({ now: "2021-05-20T01:00:00Z", answers }));
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": whole.length });
      if (held.cut >= whole.length) return response.end(whole);
      return response.write(whole.subarray(0, held.cut), () => response.destroy());
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { held, url: `http://127.0.0.1:${server.address().port}/`, end: () => new Promise((done) => server.close(done)) };
}

async function queue(count) {
  const [store, key] = [await fresh(), await sealingKey(bundle().key)];
  if (count) await store.add(Array.from({ length: count }, (_, i) => made(i + 1)), key);
  return { store, of: { tablet: "t", waiting: () => store.acts(key, "waiting"), settle: (rows) => store.settle(rows, key) } };
}

test("cut off at every byte of the answer, nothing is lost and nothing is done twice", async () => {
  const { held, url, end } = await serve();
  const { store, of } = await queue(2);
  for (held.cut = 0; await store.waiting(); held.cut += 1) {
    await send(url, of, new Clock()).catch(() => undefined);
    assert.ok((await store.waiting()) === 2 || held.cut > 60);
  }
  assert.deepEqual(held.taken, ["jws-1", "jws-2"]);
  await end();
});

test("five hundred at a time, in order", async () => {
  const { held, url, end } = await serve();
  const { store, of } = await queue(1203);
  assert.deepEqual(await send(url, of, new Clock()), { answered: 1203, unread: [] });
  assert.equal(held.requests, 3);
  assert.deepEqual(held.taken, Array.from({ length: 1203 }, (_, i) => `jws-${i + 1}`));
  assert.equal(await store.waiting(), 0);
  await end();
});

test("an act that the server cannot read stays, and holds nobody up", async () => {
  const { held, url, end } = await serve();
  const { store, of } = await queue(1001);
  held.unreadable = "jws-7";
  const { answered, unread } = await send(url, of, new Clock());
  assert.deepEqual([answered, numbers(unread), await store.waiting()], [1000, [7], 1]);
  await end();
});

test("with nothing to send the server is asked for its time all the same", async () => {
  const { held, url, end } = await serve();
  const clock = new Clock();
  await send(url, (await queue(0)).of, clock);
  assert.equal(held.requests, 1);
  assert.equal(new Date(clock.now()).getUTCFullYear(), 2021);
  await end();
});

test("a server in trouble leaves the queue as it is; one that revokes is told apart", async () => {
  const { held, url, end } = await serve();
  const { store, of } = await queue(1);
  held.status = 503;
  await assert.rejects(send(url, of, new Clock()), Odd);
  held.status = 410;
  await assert.rejects(send(url, of, new Clock()), Revoked);
  assert.equal(await store.waiting(), 1);
  await end();
});
