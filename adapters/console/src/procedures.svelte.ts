// The names of procedures and of their steps. A version never changes: it is read once.
import { SvelteMap } from "svelte/reactivity";

import type { Procedure } from "./api/client";
import { session, t } from "./session.svelte";

const versions = new SvelteMap<string, Procedure>();
const asked = new Set<string>();

/** Returns a version of a procedure once it is read. */
export function version(id: string, number: number): Procedure | undefined {
  const key = `${id}/${number}`;
  const known = versions.get(key);
  if (known === undefined && !asked.has(key)) {
    asked.add(key);
    void read(id, number, key);
  }
  return known;
}

async function read(id: string, number: number, key: string): Promise<void> {
  try {
    const { data } = await session.client.GET(
      "/procedures/{procedure_id}/versions/{version}", { params: { path: { procedure_id: id, version: number } } },
    );
    if (data !== undefined) {
      versions.set(key, data);
    }
  } catch {
    asked.delete(key); // until then, the page shows the id
  }
}

/** Returns the name of a procedure in the person's language. */
export function nameOf(id: string, number: number): string {
  const known = version(id, number);
  return known?.translations?.[session.language]?.name ?? known?.name ?? id;
}

/** Returns the title of a step in the person's language. */
export function titleOf(id: string, number: number, key: string): string {
  const step = version(id, number)?.steps.find((one) => one.key === key);
  return step?.translations?.[session.language]?.title ?? step?.title ?? key;
}

/** The names that a reader knows the slots and items of a step by, and the labels of their options. */
export interface Names {
  slot(name: string): string;
  /** Returns the type of a slot. */
  type(name: string): string;
  item(key: string): string;
  options(name: string): Record<string, string>;
  /** Returns the name of a place of the contract, such as slots.severity or checklist.informed. */
  place(field: string): string;
}

/** Returns the names of a step in the person's language; until they are read, the keys. */
export function namesOf(id: string, number: number, key: string | undefined): Names {
  const step = version(id, number)?.steps.find((one) => one.key === key);
  const slotOf = (name: string) => step?.slots?.find((one) => one.name === name);
  const itemOf = (name: string) => step?.checklist_items?.find((one) => one.key === name);
  const names: Names = {
    slot: (name) => slotOf(name)?.translations?.[session.language]?.label ?? slotOf(name)?.label ?? name,
    type: (name) => slotOf(name)?.type ?? "string",
    item: (name) => itemOf(name)?.translations?.[session.language]?.label ?? itemOf(name)?.label ?? name,
    options: (name) => {
      const own = (slotOf(name)?.options ?? []).map((one) => (typeof one === "string" ? [one, one] : [one.value, one.label ?? one.value]));
      return { ...Object.fromEntries(own), ...slotOf(name)?.translations?.[session.language]?.options };
    },
    place: (field) => {
      const [kind, name = ""] = field.split(/[.[]/);
      if (field === "reason") {
        return t().reason.label;
      }
      return kind === "slots" ? names.slot(name) : kind === "checklist" ? names.item(name) : field;
    },
  };
  return names;
}
