// PINs and keys, the sealed bundle, the clock, and what a scanner reads.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import test from "node:test";
import { compactVerify, CompactSign, exportJWK, generateKeyPair, GeneralEncrypt, importJWK } from "jose";
import { Altered, open, sign } from "../src/tablet/bundle";
import { digestOf } from "../src/tablet/bytes";
import { Clock } from "../src/tablet/clock";
import { checked, documentNumber, isCode, readCode } from "../src/tablet/codes";
import { judgePin, makeKeys as makePairs, unlock, wrap } from "../src/tablet/keys";
import { ageOn, civilDay, later } from "../src/tablet/time";
import { bundle } from "./tablet_bundle.mjs";

const PIN = "482915";
const TABLET = bundle().tablet;

/** A signer's keys as the tablet keeps and the server knows them. */
async function makeKeys(kid, post, name, pin) {
  const pairs = await makePairs();
  return { kept: await wrap(pairs, { kid, post, name }, pin), shown: pairs.shown };
}

test("a PIN is long enough and no pattern", () => {
  assert.equal(judgePin("12a456"), "short");
  assert.equal(judgePin("48291"), "short");
  for (const pin of ["000000", "123456", "987654"]) assert.equal(judgePin(pin), "plain");
  assert.equal(judgePin(PIN), "fine");
});

/** A tablet's shelf of keys: what is kept after each try. */
const shelf = (kept) => {
  const held = { kept };
  return { held, keep: async (after) => { held.kept = after; } };
};

test("the right PIN opens, a wrong one waits longer each time, and the tenth wipes", async () => {
  const { kept, shown } = await makeKeys(`${TABLET}/1`, 1, "李梅", PIN);
  assert.ok(!JSON.stringify(kept).includes(shown.signing.x), "only wrapped keys are kept");
  const { held, keep } = shelf(kept);
  let now = 0;
  const waits = [];
  for (let wrong = 1; wrong < 10; wrong += 1) {
    const tried = await unlock(held.kept, "111112", now, keep);
    assert.deepEqual(tried, { left: 10 - wrong });
    if (held.kept.wait_until > now) {
      assert.ok("wait" in (await unlock(held.kept, PIN, now, keep)), "even the right PIN waits");
      waits.push(held.kept.wait_until - now);
    }
    now = Math.max(now, held.kept.wait_until);
  }
  assert.deepEqual([...waits].sort((a, b) => a - b), waits);
  assert.ok("open" in (await unlock({ ...held.kept }, PIN, now, async () => {})));
  assert.deepEqual(await unlock(held.kept, "111112", now, keep), { wiped: true });
  assert.equal(held.kept, undefined);
});

async function server() {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  return { keys: { keys: [{ ...(await exportJWK(publicKey)), kid: "s", alg: "ES256" }] }, privateKey };
}

/** As the server seals a bundle: signed, then for each signer. */
async function seal(told, privateKey, signers) {
  const payload = gzipSync(JSON.stringify(told));
  const signed = await new CompactSign(payload).setProtectedHeader({ alg: "ES256", kid: "s" }).sign(privateKey);
  const sealing = new GeneralEncrypt(new TextEncoder().encode(signed)).setProtectedHeader({ enc: "A256GCM" });
  for (const { kid, shown } of signers)
    sealing.addRecipient(await importJWK(shown.sealing, "ECDH-ES+A256KW")).setUnprotectedHeader({ alg: "ECDH-ES+A256KW", kid });
  return JSON.stringify(await sealing.encrypt());
}

test("a bundle opens for each of its signers, and for nobody once a byte is changed", async () => {
  const { keys, privateKey } = await server();
  const made = [await makeKeys(`${TABLET}/1`, 1, "李梅", PIN), await makeKeys(`${TABLET}/2`, 2, "王芳", PIN)];
  const sealed = await seal(bundle(), privateKey, made.map(({ kept, shown }) => ({ kid: kept.kid, shown })));
  for (const { kept } of made) {
    const { open: by } = await unlock(kept, PIN, 0, async () => {});
    assert.equal((await open(sealed, by, keys)).site.id, 7);
    const broken = JSON.parse(sealed);
    broken.ciphertext = (broken.ciphertext[0] === "A" ? "B" : "A") + broken.ciphertext.slice(1);
    await assert.rejects(open(JSON.stringify(broken), by, keys), Altered);
    await assert.rejects(open(sealed, by, (await server()).keys), Altered, "another server's signature");
  }
  const stranger = await makeKeys(`${TABLET}/3`, 3, "赵", PIN);
  const { open: by } = await unlock(stranger.kept, PIN, 0, async () => {});
  await assert.rejects(open(sealed, by, keys), Altered);
});

test("an act is signed by its signer", async () => {
  const { kept, shown } = await makeKeys(`${TABLET}/1`, 1, "李梅", PIN);
  const { open: by } = await unlock(kept, PIN, 0, async () => {});
  const { payload, protectedHeader } = await compactVerify(await sign({ n: 1 }, by), await importJWK(shown.signing, "ES256"));
  assert.deepEqual(JSON.parse(new TextDecoder().decode(payload)), { n: 1 });
  assert.deepEqual(protectedHeader, { alg: "ES256", kid: `${TABLET}/1` });
});

test("the clock follows the server's, is said to be wrong, and never runs back before an act", () => {
  let wall = 1_000_000;
  const clock = new Clock(undefined, () => wall);
  clock.heard(90_000_000, wall);
  assert.equal(clock.off, undefined, "the first time is only heard");
  clock.heard(90_060_000, wall);
  assert.equal(clock.now(), 90_060_000);
  assert.equal(clock.off, undefined, "a minute is nobody's trouble");
  clock.heard(91_000_000, wall);
  assert.deepEqual(clock.off, { how: "wrong", minutes: 16 });
  clock.off = undefined;
  const act = clock.stamp();
  wall -= 3_600_000;
  assert.ok(clock.now() >= act);
  assert.deepEqual(clock.off, { how: "back", minutes: 60 });
  wall += 1000;
  assert.ok(clock.stamp() > act);
  wall -= 3_600_000;
  const later = new Clock(clock.state(), () => wall);
  assert.ok(later.now() >= act, "after a reload too");
  assert.equal(later.off.how, "back");
});

test("a server that corrects the time backwards undoes no act", () => {
  let wall = 1_000;
  const clock = new Clock(undefined, () => wall);
  clock.heard(1_000_000, wall);
  wall += 30_000;
  const act = clock.stamp();
  clock.heard(1_000_000, wall);
  assert.ok(clock.stamp() > act);
  wall += 60_000;
  assert.equal(clock.now(), 1_060_000);
});

test("two acts never share a moment", () => {
  const clock = new Clock(undefined, () => 5);
  assert.notEqual(clock.stamp(), clock.stamp());
});

test("days are the city's", () => {
  assert.equal(civilDay(Date.parse("2021-05-20T17:00:00Z"), "Asia/Shanghai"), "2021-05-21");
  assert.equal(ageOn("2003-05-21", "2021-05-20"), 17);
  assert.equal(ageOn("2003-05-20", "2021-05-20"), 18);
  assert.equal(later("2021-02-28", 1), "2021-03-01");
});

test("a scanner's text is named as the books name it", () => {
  const key = (text) => readCode(text).key ?? readCode(text).code;
  assert.equal(key("8000001" + "0".repeat(13) + "\r"), "8000001" + "0".repeat(13));
  assert.equal(key("]d20106901234567892" + "17220101" + "10L1\u001d21S9"), "010690123456789221S9");
  assert.equal(key("0106901234567892" + "21S9\u001d" + "10L1"), "010690123456789221S9");
  assert.equal(readCode("010690123456789210L1").form, "lot");
  assert.equal(readCode("6901234567892").form, "product");
  assert.equal(key("123"), "CODE_LENGTH");
  assert.equal(key("hello"), "BAD_TRACE_CODE");
  assert.ok(!isCode(readCode("")));
  assert.ok(checked("6901234567892") && !checked("6901234567893"));
});

test("a document is found by its digest, however it is written", async () => {
  assert.equal(documentNumber(" 12.345.678-K "), "12345678K");
  assert.equal(documentNumber("５００１０１１９８００１０１００１x"), "50010119800101001X");
  assert.equal(await digestOf("c2FsdA", "50010119800101001X"), await digestOf("c2FsdA", documentNumber("500101 19800101 001x")));
});
