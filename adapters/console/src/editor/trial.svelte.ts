// Answers that an author tries, and the way that a run of the draft would take with them.
import { type FormSlot, isProblem, type Simulation, type SimulationAnswer } from "../api/client";
import { Field } from "../run/field.svelte";
import { type Failure, failureOf } from "../run/run.svelte";
import { session } from "../session.svelte";
import { list, type Members, text, translated } from "./names";

/** The answers to one visit of a step. */
export class Answer {
  readonly key: string;
  readonly title: string;
  readonly skippable: boolean;
  readonly fields: Field[];
  readonly items: { key: string; label: string }[];
  ticked: string[] = $state.raw([]);
  skipped = $state(false);

  constructor(readonly step: string, readonly visit: number, definition: Members) {
    this.key = `${step}-${visit}`;
    this.title = translated(definition, "title") || step;
    this.skippable = definition["skippable"] === true;
    this.fields = list(definition["slots"]).map((slot) => new Field(form(slot), session.language));
    this.items = list(definition["checklist_items"]).map((item) => ({ key: text(item["key"]), label: translated(item, "label") || text(item["key"]) }));
  }

  get given(): SimulationAnswer {
    const slots = Object.fromEntries(this.fields.filter(({ value }) => value !== null).map(({ name, value }) => [name, value]));
    const checklist = this.ticked.map((key) => ({ key, completed: true }));
    return this.skipped ? { step: this.step, skip: true } : { step: this.step, slots, checklist };
  }

  tick(key: string, on: boolean): void {
    this.ticked = on ? [...this.ticked, key] : this.ticked.filter((one) => one !== key);
  }
}

/** Returns a slot as the form of a run would show it. */
function form(slot: Members): FormSlot {
  const labels = (slot["translations"] as Record<string, Members> | null | undefined)?.[session.language]?.["options"] as Record<string, string> | undefined;
  const options = (Array.isArray(slot["options"]) ? slot["options"] as unknown[] : []).map((one) => {
    const value = text(typeof one === "object" && one !== null ? (one as Members)["value"] : one);
    return { value, label: labels?.[value] ?? (text((one as Members | null)?.["label"]) || value) };
  });
  return {
    name: text(slot["name"]), type: text(slot["type"]), label: translated(slot, "label") || text(slot["name"]), options, required: slot["required"] !== false,
    sensitive: false, given: false, value: null, origin: null, ...(slot["default"] === undefined ? {} : { default: slot["default"] }),
  } as unknown as FormSlot;
}

const pause = 300; // milliseconds after the last change

export class Trial {
  /** The visits on the way, in the order in which the run comes to them. */
  answers: Answer[] = $state.raw([]);
  result: Simulation | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  definition: Members = $state.raw({});
  private known = new Map<string, Answer>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  /** Tries another definition. Answers are kept as far as their steps and slots are. */
  follow(definition: Members): void {
    const before = this.known;
    this.definition = definition;
    this.known = new Map();
    for (const old of before.values()) {
      const now = this.answer(old.step, old.visit);
      now?.fields.forEach((field) => {
        const was = old.fields.find(({ name, slot }) => name === field.name && slot.type === field.slot.type);
        field.input = was?.input ?? field.input;
      });
      if (now !== undefined) {
        now.ticked = old.ticked.filter((key) => now.items.some((item) => item.key === key));
        now.skipped = old.skipped && now.skippable;
      }
    }
    void this.run();
  }

  /** Tries the answers once the person rests. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), pause);
  }

  /** Begins without any answer. */
  clear(): void {
    this.known = new Map();
    void this.run();
  }

  private answer(step: string, visit: number): Answer | undefined {
    const key = `${step}/${visit}`;
    const definition = list(this.definition["steps"]).find((one) => one["key"] === step);
    if (!this.known.has(key) && definition !== undefined) {
      this.known.set(key, new Answer(step, visit, definition));
    }
    return this.known.get(key);
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    const turn = ++this.asked;
    const answers = [...this.known.values()].sort((a, b) => a.visit - b.visit).map(({ given }) => given);
    try {
      const { data, error } = await session.client.POST("/procedures/simulate", { body: { definition: this.definition, answers } });
      if (turn !== this.asked) {
        return;
      }
      this.failure = data === undefined ? (isProblem(error) && error.status === 422 ? null : failureOf(error)) : null;
      this.result = data ?? null;
      const visited = (data?.path ?? []).filter(({ visit }) => visit > 0);
      this.answers = visited.flatMap(({ step, visit }) => this.answer(step, visit) ?? []);
    } catch {
      this.failure = turn === this.asked ? "unreachable" : this.failure;
    }
  }
}
