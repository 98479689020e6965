// Gathers the icons in use into one sprite, so that a page names an icon and loads no font.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ICONS = {
  board: "layout-dashboard", plan: "calendar-stats", district: "map-2", site: "building-hospital", supply: "truck-delivery",
  person: "user-search", roster: "users-group", safety: "shield-check", station: "vaccine", injection: "vaccine", arrival: "door-enter",
  screening: "clipboard-heart", observation: "clock-hour-4", search: "search", check: "check", attention: "alert-triangle",
  stop: "square-filled", download: "download", table: "table", map: "map", grid: "layout-grid", print: "printer",
  phone: "phone", next: "player-track-next", play: "player-play", language: "language", leave: "logout", arrow: "arrow-right",
  calendar: "calendar", pin: "map-pin", id: "id", syringe: "vaccine-bottle", warning: "urgent", lock: "lock", info: "info-circle",
  close: "x", plus: "plus", clock: "clock", ambulance: "ambulance", heart: "heartbeat", snow: "snowflake", home: "home", moon: "moon",
  orders: "checklist", staff: "id-badge-2", journal: "history",
  message: "message-2", notice: "speakerphone", question: "message-question", calls: "phone-call",
};

export function writeIcons(root, file) {
  const symbol = ([name, icon]) => {
    const style = icon.endsWith("-filled") ? "filled" : "outline";
    const path = join(root, "node_modules/@tabler/icons/icons", style, `${icon.replace(/-filled$/, "")}.svg`);
    const svg = readFileSync(path, "utf8").replace(/<!--[\s\S]*?-->/g, "");
    const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
    const paint = style === "filled" ? 'fill="currentColor"' : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
    return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inner}</symbol>`;
  };
  const symbols = Object.entries(ICONS).map(symbol).join("");
  writeFileSync(file, `<svg xmlns="http://www.w3.org/2000/svg">${symbols}</svg>`);
}
