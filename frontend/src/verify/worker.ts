/** Keeps the page that checks certificates on the device: fresh where there is a network, as last seen where there is none. */
interface Kept { name: string; page: string; lists: string; parts: string[] }
interface Fetched extends Event { request: Request; respondWith(answer: Promise<Response>): void }
interface Lived extends Event { waitUntil(done: Promise<unknown>): void }
interface Scope extends EventTarget { kept: Kept; skipWaiting(): Promise<void>; clients: { claim(): Promise<void> } }

const here = self as unknown as Scope;
const { name, page, lists, parts } = here.kept;
const PATIENCE = 4000;

const install = async (): Promise<void> => {
  const cache = await caches.open(name);
  await cache.addAll([page, lists, ...parts]);
  await here.skipWaiting();
};

const activate = async (): Promise<void> => {
  for (const other of await caches.keys()) if (other.startsWith("verify-") && other !== name) await caches.delete(other);
  await here.clients.claim();
};

/** The network first, and what it answers is kept; a network that is slow or gone is not waited for. */
async function fresh(request: Request): Promise<Response> {
  const cache = await caches.open(name);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) await cache.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const known = await cache.match(request.url);
    if (known) return known;
    throw error;
  }
}

const unchanging = async (request: Request): Promise<Response> => (await caches.match(request.url)) ?? fetch(request);

here.addEventListener("install", (event) => (event as Lived).waitUntil(install()));
here.addEventListener("activate", (event) => (event as Lived).waitUntil(activate()));
here.addEventListener("fetch", (event) => {
  const { request } = event as Fetched;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (path === page || path === lists) (event as Fetched).respondWith(fresh(request));
  else if (parts.includes(path)) (event as Fetched).respondWith(unchanging(request));
});

export {};
