/** The locked tablet: who is at it, and their PIN; or a new signer while there is a network. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app";
import { Altered } from "../bundle";
import { enrol } from "../enrolling";
import { FEWEST_DIGITS, judgePin, type Kept, type Tried } from "../keys";
import { read } from "./parts";

let chosen: number | undefined;
let word = "";
let working = false;

const say = (app: App, text: string): void => {
  word = text;
  working = false;
  app.draw();
};

async function enter(app: App, kept: Kept, event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  const pin = String(read(event).get("pin"));
  if (working) return;
  working = true;
  word = "";
  app.draw();
  try {
    const tried = await app.enter(kept, pin);
    form.reset();
    say(app, refusal(app, tried));
  } catch (error) {
    form.reset();
    await app.trouble(error);
    say(app, app.said?.text ?? app.words.t(error instanceof Altered ? "bundle_broken" : "bundle_unreachable"));
  }
}

function refusal(app: App, tried: Tried): string {
  if ("wait" in tried) return app.words.t("pin_wait", { n: tried.wait });
  if ("left" in tried) return app.words.t("pin_wrong", { n: tried.left });
  return "wiped" in tried ? app.words.t("pin_wiped") : "";
}

async function enrolNow(app: App, event: SubmitEvent): Promise<void> {
  const told = read(event);
  const [pin, again] = [String(told.get("pin")), String(told.get("again"))];
  const judged = judgePin(pin);
  if (judged !== "fine") return say(app, app.words.t(`pin_${judged}`, { n: FEWEST_DIGITS }));
  if (pin !== again) return say(app, app.words.t("pin_differs"));
  working = true;
  word = "";
  app.draw();
  const done = await enrol(app, String(told.get("tablet")).trim(), pin);
  say(app, done === "done" ? "" : typeof done === "string" ? app.words.t(done) : done.sentence);
}

const pinField = (label: string, name: string, fresh: boolean): TemplateResult => html`<label class="field">${label}<input
  name=${name} type="password" inputmode="numeric" pattern="[0-9]*" minlength=${fresh ? FEWEST_DIGITS : 1} maxlength="32" required
  autocomplete=${fresh ? "new-password" : "off"} ?autofocus=${name === "pin"}></label>`;

function unlocking(app: App): TemplateResult {
  const kept = app.signers.find((one) => one.post === chosen) ?? app.signers[0];
  if (!kept) return html``;
  return html`<form class="form block" data-unlock @submit=${(event: SubmitEvent) => void enter(app, kept, event)}>
    <h2>${app.words.t("who")}</h2>
    <div class="picks-of-signers" role="radiogroup" aria-label=${app.words.t("who")}>
      ${app.signers.map((one) => html`<label><input type="radio" name="post" value=${one.post} .checked=${one === kept}
        @change=${() => { chosen = one.post; word = ""; app.draw(); }}><span>${one.name}</span></label>`)}
    </div>
    ${pinField(app.words.t("pin"), "pin", false)}
    <button class="go primary big" ?disabled=${working}>${working ? app.words.t("opening") : app.words.t("unlock")}</button>
  </form>
  <p><button type="button" class="quietly" @click=${() => { app.enrolling = true; say(app, ""); }}>${app.words.t("enrol_another")}</button></p>`;
}

function enrolment(app: App): TemplateResult {
  return html`<form class="form block" data-enrol @submit=${(event: SubmitEvent) => void enrolNow(app, event)}>
    <h2>${app.words.t("enrol")}</h2>
    <p class="note">${app.words.t("enrol_how")} <a href=${app.told.urls.sign_in}>${app.words.t("sign_in")}</a></p>
    ${app.about.tablet ? nothing : html`<label class="field">${app.words.t("tablet_name")}<input name="tablet" maxlength="40" required autofocus></label>`}
    ${pinField(app.words.t("pin_new", { n: FEWEST_DIGITS }), "pin", true)}${pinField(app.words.t("pin_again"), "again", true)}
    <button class="go primary big" ?disabled=${working}>${working ? app.words.t("opening") : app.words.t("enrol_me")}</button>
  </form>
  ${app.signers.length ? html`<p><button type="button" class="quietly" @click=${() => { app.enrolling = false; say(app, ""); }}>${app.words.t("back")}</button></p>` : nothing}`;
}

export function lockPage(app: App, languages: TemplateResult, mark: TemplateResult): TemplateResult {
  const said = word || app.said?.text;
  return html`<main class="front-page narrow" id="page">
    <header class="front-head"><span class="front-mark">${mark}</span><div><h1>${app.words.t("title")}</h1><p>${app.words.pick(app.about.site)}</p></div>${languages}</header>
    ${said ? html`<div class="band refusal" role="alert">${said}</div>` : nothing}
    ${app.waits ? html`<div class="band policy" role="status">${app.words.t("waits", { n: app.waits })}</div>` : nothing}
    ${app.enrolling ? enrolment(app) : unlocking(app)}
  </main>`;
}
