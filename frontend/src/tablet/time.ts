/** Civil days and clock times of the city, whatever zone the tablet itself is set to. */
const forms = new Map<string, Intl.DateTimeFormat>();

function form(zone: string): Intl.DateTimeFormat {
  const known = forms.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  forms.set(zone, made);
  return made;
}

function parts(moment: number, zone: string): Record<string, string> {
  return Object.fromEntries(form(zone).formatToParts(moment).map((part) => [part.type, part.value]));
}

/** 2021-05-20 */
export function civilDay(moment: number, zone: string): string {
  const { year, month, day } = parts(moment, zone);
  return `${year}-${month}-${day}`;
}

/** 09:05 */
export function clockTime(moment: number, zone: string): string {
  const { hour, minute } = parts(moment, zone);
  return `${hour}:${minute}`;
}

/** Completed years on a civil day. */
export function ageOn(birth: string, day: string): number {
  const [born, on] = [birth, day].map((text) => text.split("-").map(Number));
  const [year, month, date] = [0, 1, 2].map((i) => (on?.[i] ?? 0) - (born?.[i] ?? 0)) as [number, number, number];
  return year - (month < 0 || (month === 0 && date < 0) ? 1 : 0);
}

/** The day so many days later. */
export function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
