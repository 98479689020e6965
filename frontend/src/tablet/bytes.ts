/** Bytes and their text forms. */
import { base64url } from "jose";

export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const decode = (encoded: string): Bytes => new Uint8Array(base64url.decode(encoded));
export const encode = (bytes: Uint8Array): string => base64url.encode(bytes);

export async function gunzip(packed: Bytes): Promise<Bytes> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** By this a scanned document is found: the number itself is not in the bundle. */
export async function digestOf(salt: string, number: string): Promise<string> {
  const [before, after] = [decode(salt), utf8(number)];
  const whole = new Uint8Array(before.length + after.length);
  whole.set(before);
  whole.set(after, before.length);
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)).slice(0, 12));
}
