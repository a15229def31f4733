// What finished runs would have done with a draft: their answers, and the way that they took, from their trails.
import type { Event, SimulationAnswer, SlotValue, Simulation, Tick } from "../api/client";
import { isHidden } from "../run/trail";

/** What a run did: its answers in the order of its visits. */
export interface Walk {
  path: string[];
  answers: SimulationAnswer[];
  /** The values that the trail does not show, as step.slot: sensitive, withheld or erased. */
  hidden: string[];
}

type Members = Record<string, unknown>;

/** Returns what the events of a run say. A correction does not change the way of a run: what was committed counts. */
export function walkOf(events: readonly Event[]): Walk {
  const walk: Walk = { path: [], answers: [], hidden: [] };
  for (const { action, payload } of events) {
    const step = String(payload["step"]);
    if (action === "step.skipped") {
      walk.path.push(step);
      walk.answers.push({ step, skip: true });
    } else if (action === "step.committed") {
      const slots = Object.entries((payload["slots"] ?? {}) as Members);
      walk.path.push(step);
      walk.hidden.push(...slots.filter(([, value]) => isHidden(value)).map(([name]) => `${step}.${name}`));
      walk.answers.push({
        step, slots: Object.fromEntries(slots.filter(([, value]) => !isHidden(value))) as Record<string, SlotValue>,
        checklist: ((payload["checklist"] ?? []) as Tick[]).map(({ key, completed }) => ({ key, completed })),
      });
    }
  }
  return walk;
}

/** Returns the answers that a definition still asks for. */
export function fitting(answers: readonly SimulationAnswer[], definition: Members): SimulationAnswer[] {
  const steps = new Map(members(definition["steps"]).map((step) => [step["key"], step]));
  return answers.flatMap((answer) => {
    const step = steps.get(answer.step);
    if (step === undefined || answer.skip === true) {
      return step === undefined ? [] : [answer];
    }
    const names = new Set(members(step["slots"]).map((slot) => slot["name"]));
    const keys = new Set(members(step["checklist_items"]).map((item) => item["key"]));
    return [{
      step: answer.step, slots: Object.fromEntries(Object.entries(answer.slots ?? {}).filter(([name]) => names.has(name))),
      checklist: (answer.checklist ?? []).filter(({ key }) => keys.has(key)),
    }];
  });
}

const members = (value: unknown): Members[] => (Array.isArray(value) ? (value as Members[]) : []);

/** What a run would do with the draft. */
export interface Outcome {
  kind: "same" | "other" | "stops";
  path: string[];
  /** Why it stops: what is missing at a step, or what the service says. */
  missing: { step: string; fields: string[] }[];
  problems: string[];
}

/** Compares what a run did with what it would do. That a hidden value is missing says nothing. */
export function compare(walk: Walk, simulation: Simulation): Outcome {
  const visited = simulation.path.filter(({ visit }) => visit > 0);
  const hidden = new Set(walk.hidden);
  const missing = new Map<string, Set<string>>(); // a step can be visited more than once
  for (const { step, missing: fields } of visited) {
    for (const field of fields.filter((one) => !hidden.has(`${step}.${one.replace(/^slots\./, "")}`))) {
      missing.set(step, (missing.get(step) ?? new Set()).add(field));
    }
  }
  const path = visited.map(({ step }) => step);
  const stops = simulation.problem !== null || missing.size > 0;
  return {
    kind: stops ? "stops" : path.join() === walk.path.join() ? "same" : "other", path,
    missing: [...missing].map(([step, fields]) => ({ step, fields: [...fields] })),
    problems: simulation.problem === null ? [] : (simulation.problem.issues ?? []).map(({ message }) => message).concat(simulation.problem.issues ? [] : simulation.problem.detail),
  };
}

/** Returns the indexes of the steps of a way that are not on another one, by their longest common subsequence. */
export function differing(way: readonly string[], other: readonly string[]): Set<number> {
  const common = Array.from({ length: way.length + 1 }, () => new Array<number>(other.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = way.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      (common[i] as number[])[j] = way[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found = new Set<number>();
  for (let i = 0, j = 0; i < way.length;) {
    if (way[i] === other[j]) {
      i++;
      j++;
    } else if (j < other.length && at(i, j + 1) >= at(i + 1, j)) {
      j++;
    } else {
      found.add(i++);
    }
  }
  return found;
}
