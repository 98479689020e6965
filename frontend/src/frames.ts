/** Wide tables scroll inside their own frame; a frame that scrolls can be reached by the keyboard and says what it holds. */
function named(frame: HTMLElement, index: number): string {
  const heading = frame.closest(".block, section")?.querySelector("h1, h2, h3")?.textContent ?? "";
  const caption = frame.querySelector("caption")?.textContent ?? "";
  return [heading.trim() || caption.trim() || document.title, index ? String(index + 1) : ""].join(" ").trim();
}

export function frames(): void {
  const taken = new Map<string, number>();
  const judge = (frame: HTMLElement): void => {
    const scrolls = frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight;
    if (!scrolls) {
      for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
      return;
    }
    if (frame.hasAttribute("tabindex")) return;
    const plain = named(frame, 0);
    const index = taken.get(plain) ?? 0;
    taken.set(plain, index + 1);
    frame.tabIndex = 0;
    if (!/^[OU]L$/.test(frame.tagName)) frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", named(frame, index));
  };
  const watch = new ResizeObserver((entries) => entries.forEach((entry) => judge(entry.target as HTMLElement)));
  for (const frame of document.querySelectorAll<HTMLElement>(".frame-table, .tickets, .dots")) watch.observe(frame);
}
