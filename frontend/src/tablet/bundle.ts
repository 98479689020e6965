/** The sealed day bundle: opened by a signer's key, believed only with the server's signature. */
import { CompactSign, compactVerify, createLocalJWKSet, generalDecrypt, type GeneralJWE, type JSONWebKeySet } from "jose";
import { gunzip, text, utf8 } from "./bytes";
import type { Bundle } from "./contract";
import type { Unlocked } from "./keys";

/** It was changed on the way or on the tablet, or is of somebody else. */
export class Altered extends Error {}

/** Signed by the signer, as the server reads acts and questions. */
export function sign(told: unknown, by: Unlocked): Promise<string> {
  return new CompactSign(utf8(JSON.stringify(told))).setProtectedHeader({ alg: "ES256", kid: by.kid }).sign(by.signing);
}

export async function open(sealed: string, by: Unlocked, keys: JSONWebKeySet): Promise<Bundle> {
  try {
    const jwe = JSON.parse(sealed) as GeneralJWE;
    const mine = jwe.recipients.filter((one) => one.header?.kid === by.kid);
    const limits = { keyManagementAlgorithms: ["ECDH-ES+A256KW"], contentEncryptionAlgorithms: ["A256GCM"] };
    const { plaintext } = await generalDecrypt({ ...jwe, recipients: mine }, by.opening, limits);
    const { payload } = await compactVerify(text(plaintext), createLocalJWKSet(keys), { algorithms: ["ES256"] });
    const bundle = JSON.parse(text(await gunzip(new Uint8Array(payload)))) as Bundle;
    if (bundle.version !== 1 || !by.kid.startsWith(`${bundle.tablet}/`)) throw new Error("another tablet's");
    return bundle;
  } catch (error) {
    throw new Altered("bundle", { cause: error });
  }
}
