/**
 * Keeps the tablet's page, its scripts and styles, under a name that changes with them; never a bundle, an act or an enrolment, which are no GET.
 * What is kept belongs together: a new version is fetched whole or not at all, and only then is the one before let go.
 */
interface Kept { name: string; page: string; parts: string[] }
interface Fetched extends Event { request: Request; respondWith(answer: Promise<Response>): void }
interface Lived extends Event { waitUntil(done: Promise<unknown>): void }
interface Scope extends EventTarget { kept: Kept; skipWaiting(): Promise<void>; clients: { claim(): Promise<void> } }

const here = self as unknown as Scope;
const { name, page, parts } = here.kept;
const KIND = name.slice(0, name.lastIndexOf("-") + 1);
const PATIENCE = 4000;

const install = async (): Promise<void> => {
  const cache = await caches.open(name);
  try {
    await cache.addAll([page, ...parts].map((part) => new Request(part, { cache: "reload" })));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
  await here.skipWaiting();
};

const activate = async (): Promise<void> => {
  for (const other of await caches.keys()) if (other.startsWith(KIND) && other !== name) await caches.delete(other);
  await here.clients.claim();
};

/** The network's page while there is one, not kept: its scripts may be newer than those kept here. */
async function shell(request: Request): Promise<Response> {
  const known = (): Promise<Response | undefined> => caches.match(page, { ignoreVary: true });
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    return answer.ok ? answer : (await known()) ?? answer;
  } catch (error) {
    const kept = await known();
    if (kept) return kept;
    throw error;
  }
}

const unchanging = async (request: Request): Promise<Response> => (await caches.match(request.url, { ignoreVary: true })) ?? fetch(request);

/** A page of the stations that cannot be reached opens the tablet's own. */
const reached = (request: Request): Promise<Response> => fetch(request).catch(() => Response.redirect(page));

here.addEventListener("install", (event) => (event as Lived).waitUntil(install()));
here.addEventListener("activate", (event) => (event as Lived).waitUntil(activate()));
here.addEventListener("fetch", (event) => {
  const fetched = event as Fetched;
  const { request } = fetched;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (parts.includes(path)) fetched.respondWith(unchanging(request));
  else if (request.mode === "navigate") fetched.respondWith(path === page ? shell(request) : reached(request));
});

export {};
