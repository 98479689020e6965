/** What reading a code gives, or throws. */
export interface Told {
  kind: "shc" | "dcc";
  name: string;
  birth: string;
  doses: { on: string; what: string; rank: string; lot: string; place: string }[];
  issued: number;
  expires: number;
}

/** What a code says once its signature holds, and whether its number was taken back. */
export interface Read { told: Told; revoked: boolean }

/** The key is on no list. */
export class UnknownKey extends Error {}
/** The signature does not hold, or nothing of the kind can be read. */
export class Broken extends Error {}

export async function inflate(packed: Uint8Array<ArrayBuffer>, how: CompressionFormat): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream(how));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
