/** A signer is enrolled while there is a network and they are signed in: their keys are made here, the server keeps the public halves. */
import type { App } from "./app";
import type { Text, Told } from "./contract";
import { makeKeys, wrap } from "./keys";

export type Enrolled = "done" | "no_link" | "signed_out" | { sentence: string };

/** The page as the network has it now: only there is a token for this session. */
async function token(app: App): Promise<string> {
  const answer = await fetch(app.told.urls.page, { cache: "no-store", credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return (JSON.parse(page.getElementById("told")?.textContent ?? "{}") as Partial<Told>).csrf ?? "";
}

export async function enrol(app: App, name: string, pin: string): Promise<Enrolled> {
  const { urls } = app.told;
  const tablet = app.about.tablet ?? crypto.randomUUID();
  try {
    const keys = (await (await fetch(urls.key, { cache: "no-store" })).json()) as { keys: object[] };
    const pairs = await makeKeys();
    const answer = await fetch(urls.enrol, {
      method: "POST", credentials: "same-origin", redirect: "manual",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": await token(app) },
      body: JSON.stringify({ act: crypto.randomUUID(), tablet, name, ...pairs.shown }),
    });
    if (answer.type === "opaqueredirect" || answer.status === 401) return "signed_out";
    const said = (await answer.json()) as { post: number; name: string; sentence?: Text };
    if (!answer.ok) return { sentence: app.words.pick(said.sentence) || app.words.t("not_answered") };
    await app.store.tell({ tablet, keys });
    app.about = { ...app.about, tablet, keys };
    const kept = await wrap(pairs, { kid: `${tablet}/${said.post}`, post: said.post, name: said.name }, pin);
    await app.store.keepSigner(kept);
    app.signers = await app.store.signers();
    app.enrolling = false;
    await navigator.storage?.persist?.();
    await app.enter(kept, pin);
    return "done";
  } catch {
    return app.session || !app.enrolling ? "done" : "no_link";
  }
}
