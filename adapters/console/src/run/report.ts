// What a report says of a step besides its present state: its earlier visits, and what was corrected.
import type { Event, SlotValue } from "../api/client";
import { same } from "./values";

/** A value that was replaced, with what stood there before. */
export interface Change {
  slot: string;
  before: unknown;
  after: unknown;
}

export interface Correction {
  seq: number;
  actor: string;
  at: string;
  reason: string;
  changes: Change[];
}

export interface Visit {
  visit: number;
  actor: string;
  at: string;
  slots: Record<string, unknown>;
}

export interface History {
  earlier: Visit[];
  corrections: Correction[];
}

const object = (value: unknown) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {});

/** Returns the history of a step from the events of its run. */
export function historyOf(events: readonly Event[], step: string, visit: number): History {
  const earlier: Visit[] = [];
  const corrections: Correction[] = [];
  let values: Record<string, unknown> = {};
  for (const { seq, action, actor, occurred_at: at, payload } of events) {
    if (payload["step"] !== step) {
      continue;
    }
    const slots = object(payload["slots"]);
    if (action === "step.committed") {
      values = slots;
      if (payload["visit"] !== visit) {
        earlier.push({ visit: Number(payload["visit"] ?? 1), actor, at, slots });
      }
    } else if (action === "step.amended") {
      const changes = Object.entries(slots).filter(([slot, after]) => !same(values[slot] as SlotValue, after as SlotValue))
        .map(([slot, after]) => ({ slot, before: values[slot] ?? null, after }));
      corrections.push({ seq, actor, at, reason: String(payload["reason"] ?? ""), changes });
      values = { ...values, ...slots };
    }
  }
  return { earlier, corrections };
}
