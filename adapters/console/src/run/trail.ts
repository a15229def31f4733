// What an event says, in the parts that a reader sees.
import type { Event, RunException } from "../api/client";

export interface Given {
  name: string;
  value: unknown;
  origin: string | undefined;
}

export interface Summary {
  step: string | undefined;
  /** The slot whose value was revealed or erased. */
  slot: string | undefined;
  visit: number;
  reason: string | undefined;
  /** What was wrong, in the reader's language. */
  issues: { field: string; message: string }[];
  values: Given[];
  ticks: { key: string; completed: boolean }[];
  /** What a reviewer must see: refusals, corrections, skips, repeated visits, values of an assistant. */
  kinds: string[];
}

/** Returns the summary of an event, with the exceptions of the run that belong to it. */
export function summaryOf(event: Event, exceptions: RunException[]): Summary {
  const payload = event.payload;
  const slots = object(payload["slots"]);
  const origins = object(payload["origins"]);
  const values = Object.entries(slots).map(([name, value]) => ({ name, value, origin: text(origins[name]) }));
  return {
    step: text(payload["step"]),
    slot: text(payload["slot"]),
    visit: typeof payload["visit"] === "number" ? payload["visit"] : 1,
    reason: text(payload["reason"]),
    issues: exceptions.flatMap((one) => one.issues.map(({ field, message }) => ({ field, message }))),
    values,
    ticks: Array.isArray(payload["checklist"]) ? (payload["checklist"] as Summary["ticks"]) : [],
    kinds: [...new Set(exceptions.flatMap((one) => (one.unproven === true ? [one.kind, "unproven"] : [one.kind])))],
  };
}

/** Returns the value that a correction replaced; nothing if the event is none, or the value was not replaced. */
export function replaced(events: readonly Event[], { action, seq, payload }: Event, slot: string): unknown {
  if (action !== "step.amended") {
    return undefined;
  }
  const before = events.findLast((one) => one.seq < seq && one.payload["step"] === payload["step"] && slot in object(one.payload["slots"]));
  const [old, now] = [object(before?.payload["slots"])[slot] ?? null, object(payload["slots"])[slot]];
  return JSON.stringify(old) === JSON.stringify(now) ? undefined : old;
}

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

const object = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** Reports whether a value is only known by its commitment: it was withheld, erased, or is sensitive. */
export function isHidden(value: unknown): boolean {
  return ["sha256", "sealed"].some((form) => typeof object(value)[form] === "string");
}
