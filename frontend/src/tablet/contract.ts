/** What server and tablet say to each other: the day bundle, acts and answers. */
export type Text = Record<string, string>;
export type Param = string | number | boolean | null;
export type Params = Record<string, Param>;

export interface Signer { post: number; account: number; name: string; duty: string; may: string[]; certified: Record<string, string> }
export interface Due {
  from: string; status: string; rank: number | null; given: number; products: string[]; earliest: string | null;
  reason: string; rule: string; release: string; last: string | null;
}
export interface Person {
  id: number; name: string; sex: number; birth: string; document: string; keys: string[];
  ask: Record<string, string[]>; due: Record<string, Due[]>; doses: Record<string, { on: string; product: string | null }[]>; minor: Record<string, boolean>;
}
export interface Appointment { id: string; person: number; campaign: string; starts_at: string; state: string; rank: number }
export interface BundleVisit {
  visit: string; person: number; person_act?: string; campaign: string; ticket: number; state: string; day: string; arrived_at: string; screener: number | null;
  outcome: string | null; findings: string[]; agreed: boolean | null; given_at: string | null; until: string | null; held: boolean;
}
export interface Pack {
  code: string; codes: string[]; product: string; lot: string; expires: string; state: string; lot_state: string; doses: number; left: number;
  open_until: string | null; gap: boolean; vvm: number | null; diluent: string | null; minutes: number; needs_diluent: boolean; last_vvm: number | null;
}
export interface Product { name: Text; volume_ml: number; platform: string; route: { code: string; arms: string[]; name: Text }; series: number | null }
export interface Question { code: string; text: Text; effect: string; risk: boolean }
export interface ConsentText { version: string; language: string; text: Text; guardian_below: number }
export interface Check { number: number; code: string; group: string; text: Text; filled_by: string }
export interface Interlock { step: string; code: string; when: Record<string, string[]>; params: Record<string, string>; soft: boolean }
export interface Choice { code: string; text: Text }
export interface Campaign { code: string; programme: string; name: Text }

export interface Bundle {
  version: 1; tablet: string; made_at: string; until: string; zone: string; languages: string[]; synthetic: boolean; key: string; salt: string;
  site: { id: number; name: Text; leaf: number };
  days: string[]; open: string[]; signers: Signer[]; campaigns: Campaign[]; persons: Person[]; appointments: Appointment[]; visits: BundleVisit[]; packs: Pack[];
  products: Record<string, Product>; questions: Record<string, Question[]>; consents: Record<string, ConsentText[]>;
  observation: Record<string, { product: string; risk: string; minutes: number }[]>; risks: string[]; limits: Record<string, number>; checks: Check[];
  without_dose: Choice[]; leavings: (Choice & { outcome: string })[]; not_given: Choice[]; documents: { kind: string; text: Text }[];
  interlocks: Interlock[]; reasons: Record<string, { severity: string; rule: Text; text: Text }>;
  kinds: Record<string, string>; called: Record<string, Record<string, Text>>; counts: [string, string][]; verbs_from: number;
}

export interface Item { act: string; occurred_at: string }
export interface Registered extends Item {
  name: string; sex: number; birth: string; leaf_id: number; documents: { kind: string; number: string }[]; witness: string;
}
export interface Arrival extends Item {
  site_id: number; person_id: number; campaign: string; appointment: string | null; identity: string; second_person_post_id: number | null;
}
export interface ConsentGiven { version: string; language: string; signer: string; agreed: boolean }
export interface Screening extends Item {
  site_id: number; visit: string; clinician_post_id: number; outcome: string; celsius: number | null; findings: string[]; recheck_on: string | null;
  answered: string[] | null; consent: ConsentGiven | null;
}
export interface Dose extends Item {
  site_id: number; visit: string; code: string; product: string; arm: string; vaccinator_post_id: number; checks: string[]; override_reason: string; typed: boolean;
}
export interface Reversal extends Item { site_id: number; visit: string; reason: string }
export interface Leaving extends Item { site_id: number; visit: string; reason: string }
export interface Ending extends Item { site_id: number; visit: string; doctor_post_id: number; early_reason: string }

interface Items {
  persons_register: Registered; visit_arrive: Arrival; screening_record: Screening; dose_give: Dose; dose_reverse: Reversal; visit_leave: Leaving; observation_end: Ending;
}
export type Verb = keyof Items;
/** An act before it is numbered and signed; `person` names the persons_register whose answer will name the person. */
export type Deed = { [V in Verb]: { verb: V; item: Items[V]; person?: string } }[Verb];
/** `said`: what a person without record told of earlier doses; it stays on the tablet until it is a reason. */
export type Act = Deed & { n: number; at: string; said?: string };

export interface Conflict { code: string; params: Params; sentence: Text }
export interface Answer { n: number; act: string; done: boolean; answer?: Params; conflict?: Conflict }

export interface Told {
  site: number; zone: string; languages: string[]; language: string; words: Record<string, Record<string, string>>; csrf?: string;
  urls: { page: string; worker: string; key: string; enrol: string; bundle: string; sync: string; stations: string; icons: string; sign_in: string; wasm: string };
}
