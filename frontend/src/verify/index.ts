/** The page that checks certificates: by camera, from a picture, or from a scanner that types; it works without a network. */
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { json } from "../words";
import { judge, type Verdict } from "./judge";
import type { Lists } from "./lists";
import type { Told } from "./read";

interface Page {
  wasm: string;
  lists: string;
  worker: string;
  /** The issuer's clock where it is simulated; else the device's own counts. */
  now: string | null;
  /** Of the city: moments are told as its clocks show them. */
  zone: string;
  language: string;
  words: Record<string, string>;
}

const LOOK_EVERY = 250;
const page = json<Page>("verify-page");
const opened = performance.now();
const part = <T extends HTMLElement>(name: string): T => document.querySelector<T>(`[data-part=${name}]`) as T;
const seconds = (): number => Math.floor((page.now ? Date.parse(page.now) + performance.now() - opened : Date.now()) / 1000);

prepareZXingModule({ overrides: { locateFile: () => page.wasm } });

async function lists(): Promise<Lists> {
  const answer = await fetch(page.lists);
  if (!answer.ok) throw new Error(page.lists);
  return (await answer.json()) as Lists;
}

function line(term: string, text: string): HTMLElement[] {
  const [head, body] = [document.createElement("dt"), document.createElement("dd")];
  head.textContent = term;
  body.textContent = text;
  return text ? [head, body] : [];
}

const told = (style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(page.language, { timeZone: page.zone, ...style });
const day = (moment: number): string => told({ dateStyle: "medium" }).format(moment * 1000);
const moment = (text: string): string => told({ dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }).format(Date.parse(text));

function facts(shown: Told): HTMLElement[] {
  const word = page.words;
  return [
    ...line(word["name"] ?? "", shown.name),
    ...line(word["birth"] ?? "", shown.birth),
    ...shown.doses.flatMap((dose) =>
      line(`${word["dose"]} ${dose.rank}`, [dose.on, dose.what, dose.lot, dose.place].filter(Boolean).join(" · "))),
    ...line(word["until"] ?? "", shown.expires < Number.MAX_SAFE_INTEGER ? day(shown.expires) : ""),
  ];
}

function show(verdict: Verdict): void {
  const card = part("verdict");
  card.hidden = false;
  card.className = `card state verdict ${verdict.state === "valid" ? "normal" : "stop"}`;
  card.dataset["state"] = verdict.state;
  part("word").textContent = page.words[`${verdict.state}.word`] ?? "";
  part("sentence").textContent = page.words[`${verdict.state}.sentence`] ?? "";
  part("facts").replaceChildren(...(verdict.told ? facts(verdict.told) : []));
  card.focus();
}

async function check(text: string): Promise<void> {
  try {
    const known = await lists();
    part("age").textContent = moment(known.as_of);
    show(await judge(text.trim(), known, seconds()));
  } catch {
    part("trouble").hidden = false;
  }
}

async function look(image: Blob | ImageData): Promise<boolean> {
  const found = (await readBarcodes(image, { formats: ["QRCode"], tryHarder: true })).filter((code) => code.isValid);
  const code = found.find((one) => /^(shc:\/|HC1:)/.test(one.text)) ?? found[0];
  if (code) await check(code.text);
  return Boolean(code);
}

async function camera(): Promise<void> {
  const video = part<HTMLVideoElement>("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => undefined);
  part("blind").hidden = stream !== undefined;
  if (!stream) return;
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const again = async (): Promise<void> => {
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    pen?.drawImage(video, 0, 0);
    const seen = pen && canvas.width > 0 && (await look(pen.getImageData(0, 0, canvas.width, canvas.height)));
    if (!seen) {
      setTimeout(() => void again(), LOOK_EVERY);
      return;
    }
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  };
  await again();
}

part("camera").addEventListener("click", () => void camera());
part<HTMLInputElement>("file").addEventListener("change", (event) => {
  const input = event.target as HTMLInputElement;
  const file = input.files?.[0];
  input.value = "";
  if (file) void look(file).then((seen) => seen || show({ state: "none" }));
});
part<HTMLFormElement>("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part<HTMLTextAreaElement>("text");
  void check(field.value);
  field.value = "";
});

void lists().then((known) => (part("age").textContent = moment(known.as_of)), () => (part("trouble").hidden = false));
void navigator.serviceWorker?.register(page.worker).then(() => navigator.serviceWorker.ready).then(() => (part("kept").hidden = false), () => undefined);
