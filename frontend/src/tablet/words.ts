/** The tablet's own words, in the language that its signer reads. */
import type { Told } from "./contract";
import { pick } from "./say";
import type { Text } from "./contract";

const KEPT = "seawall-tablet-language";

export class Words {
  readonly told: Told;
  language: string;

  constructor(told: Told) {
    this.told = told;
    const kept = localStorage.getItem(KEPT) ?? told.language;
    this.language = told.languages.includes(kept) ? kept : told.language;
  }

  /** A word by its key, with what stands in `%(name)s`. */
  t = (key: string, params: Record<string, string | number> = {}): string => {
    const text = this.told.words[this.language]?.[key] ?? key;
    return text.replace(/%\((\w+)\)s/g, (_, name: string) => String(params[name] ?? ""));
  };

  pick = (text: Text | undefined): string => pick(text, this.language);

  change(language: string): void {
    this.language = language;
    localStorage.setItem(KEPT, language);
    document.documentElement.lang = language;
  }
}
