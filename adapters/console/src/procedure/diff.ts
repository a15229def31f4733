// What distinguishes two versions of a procedure: by step, slot and item, not by line.
import type { Procedure } from "../api/client";
import { toYAML } from "../editor/write";

/** A difference at a place. Before is missing if the place was added, after if it was removed. */
export interface Difference {
  /** The keys that lead to the place, such as step, slot and member. */
  place: string[];
  before?: string;
  after?: string;
}

// These say nothing of what the procedure does.
const readOnly = new Set(["version", "status", "digest", "created_at", "created_by", "warnings", "warning_count"]);

/** Returns the differences in the order of the newer version; what was removed comes last at its level. */
export function differences(before: Procedure, after: Procedure): Difference[] {
  const found: Difference[] = [];
  compare([], without(before), without(after), found);
  return found;
}

const without = (procedure: Procedure) => Object.fromEntries(Object.entries(procedure).filter(([name]) => !readOnly.has(name)));

function compare(place: string[], before: unknown, after: unknown, found: Difference[]): void {
  const [old, now] = [members(before), members(after)];
  if (old === undefined || now === undefined) {
    if (text(before) !== text(after)) {
      found.push({
        place, ...(before === undefined ? {} : { before: text(before) }), ...(after === undefined ? {} : { after: text(after) }),
      });
    }
    return;
  }
  if ([...old.keys()].filter((key) => now.has(key)).join() !== [...now.keys()].filter((key) => old.has(key)).join() && Array.isArray(after)) {
    found.push({ place: [...place, "order"], before: [...old.keys()].join(", "), after: [...now.keys()].join(", ") });
  }
  for (const key of [...now.keys(), ...[...old.keys()].filter((key) => !now.has(key))]) {
    compare([...place, key], old.get(key), now.get(key), found);
  }
}

/** Returns the members of an object, or those of a list whose entries have names. */
function members(value: unknown): Map<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const named = value.map((one) => [nameOf(one), one] as const);
    return named.every(([name]) => name !== undefined) && named.length > 0 ? new Map(named as [string, unknown][]) : undefined;
  }
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

function nameOf(value: unknown): string | undefined {
  const named = value as { key?: unknown; name?: unknown } | null;
  const name = typeof value === "object" ? named?.key ?? named?.name : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Returns a value as a person writes it: an object in YAML. */
function text(value: unknown): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return toYAML(value as Record<string, unknown>).trimEnd();
  }
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}
