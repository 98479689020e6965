/** What every desk of a site does alike, online and on a tablet: the scan field keeps the focus, tones, keys that answer and tick. */
export function keepFocus(): void {
  const field = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>("[data-scan]");
  field()?.focus();
  document.addEventListener("click", (event) => {
    if (!(event.target as HTMLElement).closest("input, select, textarea, button, a, label, summary")) field()?.focus();
  });
}

let audio: AudioContext | undefined;

/** Short and high: go on. Long and low: stop. Silent where the browser has not been touched yet. What is seen comes first. */
export const tone = (good: boolean): void => void requestAnimationFrame(() => setTimeout(() => sound(good)));

function sound(good: boolean): void {
  if (audio?.state !== "running") {
    void audio?.close();
    audio = new AudioContext(); // a page that was not touched keeps it suspended, and may not be asked to resume
  }
  if (audio.state === "suspended") return;
  const wave = audio.createOscillator();
  wave.frequency.value = good ? 1320 : 220;
  wave.connect(audio.destination);
  wave.start();
  wave.stop(audio.currentTime + (good ? 0.12 : 0.6));
}

/** The focus waits at the first open check; a space ticks it and goes to the next, at last to Confirm. */
export function eleven(list: Element, confirm: HTMLButtonElement, reason: HTMLInputElement | null): void {
  const marks = [...list.querySelectorAll<HTMLInputElement>("input[name=check]")];
  const judge = (): void => {
    confirm.disabled = !marks.every((mark) => mark.checked);
  };
  const onward = (): void => (marks.find((mark) => !mark.checked) ?? confirm).focus();
  list.addEventListener("change", (event) => {
    const mark = event.target as HTMLInputElement;
    judge();
    if (mark.checked && mark.matches(":focus-visible")) onward();
  });
  judge();
  if (reason && !reason.value) reason.focus();
  else onward();
}

/** N and Y answer the question in focus and go to the next one. */
export function inquiry(form: HTMLFormElement): void {
  form.addEventListener("keydown", (event) => {
    const radio = event.target as HTMLInputElement;
    const answer = { n: "no", y: "yes" }[event.key.toLowerCase()];
    const question = radio.closest(".questions li");
    if (!answer || !question) return;
    question.querySelector<HTMLInputElement>(`input[value=${answer}]`)?.click();
    const next = question.nextElementSibling?.querySelector<HTMLInputElement>("input[value=no]");
    (next ?? form.querySelector<HTMLInputElement>("[name=celsius]"))?.focus();
  });
}
