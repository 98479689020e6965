/** Stations: the scan field keeps the focus, observation clocks run on the device, the confirm button waits for all eleven. */
function keepFocus(): void {
  const field = document.querySelector<HTMLInputElement>("[data-scan]");
  if (!field) return;
  field.focus();
  document.addEventListener("click", (event) => {
    if (!(event.target as HTMLElement).closest("input, select, textarea, button, a, label")) field.focus();
  });
}

/** Short and high: go on. Long and low: stop. Silent where the browser has not been touched yet. */
function tone(good: boolean): void {
  const audio = new AudioContext();
  if (audio.state === "suspended") return;
  const sound = audio.createOscillator();
  sound.frequency.value = good ? 1320 : 220;
  sound.connect(audio.destination);
  sound.start();
  sound.stop(audio.currentTime + (good ? 0.12 : 0.6));
}

function answer(): void {
  const element = document.querySelector(".answer.normal, .answer.stop, .answer.attention");
  if (element) tone(element.classList.contains("normal"));
}

/** Minutes left are counted from the page's own clock, so that a lost link stops nobody's time. */
function clocks(): void {
  const loaded = performance.now();
  const seats = [...document.querySelectorAll<HTMLElement>("[data-until]")];
  const unit = document.documentElement.lang.startsWith("zh") ? "分" : "min";
  const tick = (): void => {
    for (const seat of seats) {
      const now = Date.parse(seat.dataset["now"] ?? "") + performance.now() - loaded;
      const minutes = Math.ceil((Date.parse(seat.dataset["until"] ?? "") - now) / 60_000);
      const label = seat.querySelector("[data-left]");
      if (minutes > 0 && label) label.textContent = `${minutes} ${unit}`;
      if (minutes <= 0 && !seat.classList.contains("free") && !seat.classList.contains("case")) {
        seat.classList.add("free");
        seat.querySelector("button[value=leave]")?.removeAttribute("disabled");
      }
    }
  };
  if (seats.length) setInterval(tick, 15_000);
}

/** The focus waits at the first open check; a space ticks it and goes to the next, at last to Confirm. */
function eleven(): void {
  const list = document.querySelector("[data-eleven]");
  const confirm = document.querySelector<HTMLButtonElement>("[data-confirm]");
  if (!list || !confirm) return;
  const marks = [...list.querySelectorAll<HTMLInputElement>("input")];
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
  const reason = document.querySelector<HTMLInputElement>("[name=override]");
  if (reason && !reason.value) reason.focus();
  else onward();
}

/** N and Y answer the question in focus and go to the next one. */
function inquiry(): void {
  const form = document.querySelector<HTMLFormElement>("[data-screening]");
  form?.addEventListener("keydown", (event) => {
    const radio = event.target as HTMLInputElement;
    const answer = { n: "no", y: "yes" }[event.key.toLowerCase()];
    const question = radio.closest(".questions li");
    if (!answer || !question) return;
    question.querySelector<HTMLInputElement>(`input[value=${answer}]`)?.click();
    const next = question.nextElementSibling?.querySelector<HTMLInputElement>("input[value=no]");
    (next ?? form.querySelector<HTMLInputElement>("[name=celsius]"))?.focus();
  });
}

function link(): void {
  const label = document.querySelector<HTMLElement>("[data-link]");
  const show = (): void => {
    if (!label) return;
    label.textContent = (navigator.onLine ? label.dataset["up"] : label.dataset["down"]) ?? "";
    label.classList.toggle("normal", navigator.onLine);
    label.classList.toggle("stop", !navigator.onLine);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  keepFocus();
  answer();
  clocks();
  eleven();
  inquiry();
  link();
});
