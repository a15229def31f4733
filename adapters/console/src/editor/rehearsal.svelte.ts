// Walks the answers of the last finished runs through a draft.
import { type Event, ProblemError, unwrap } from "../api/client";
import { type Failure, failureOf } from "../run/run.svelte";
import { session } from "../session.svelte";
import { compare, fitting, type Outcome, type Walk, walkOf } from "./rehearsal";

export interface Result {
  id: string;
  reference: string | null;
  walk: Walk;
  outcome: Outcome;
}

const most = 50; // finished runs
const mostOpen = 200; // a page of a list

export class Rehearsal {
  results: Result[] = $state.raw([]);
  total = $state(0);
  running = $state(false);
  /** The definition that was walked through; nothing before that. */
  of: Record<string, unknown> | null = $state.raw(null);
  /** How many runs are open, and whether there are more than were counted. */
  open = $state(0);
  moreOpen = $state(false);
  failure: Failure | null = $state.raw(null);

  constructor(readonly procedure: string) {}

  async run(definition: Record<string, unknown>): Promise<void> {
    this.running = true;
    this.results = [];
    this.failure = null;
    try {
      const list = (state: ("completed" | "pending" | "in_progress")[], limit: number) =>
        unwrap(session.client.GET("/runs", { params: { query: { procedure_id: this.procedure, state, limit } } }));
      const [finished, open] = await Promise.all([list(["completed"], most), list(["pending", "in_progress"], mostOpen)]);
      this.total = finished.items.length;
      [this.open, this.moreOpen] = [open.items.length, open.next_cursor !== undefined];
      for (const { id, reference } of finished.items) { // one after another: this is not urgent, and others work
        this.results = [...this.results, { id, reference: reference ?? null, ...await this.walk(id, definition) }];
      }
      this.of = definition;
    } catch (error) {
      this.failure = error instanceof ProblemError ? failureOf(error.problem) : "unreachable";
    }
    this.running = false;
  }

  private async walk(run: string, definition: Record<string, unknown>): Promise<{ walk: Walk; outcome: Outcome }> {
    const events: Event[] = [];
    for await (const event of session.client.items("/runs/{run_id}/events", { path: { run_id: run }, query: { limit: 200 } })) {
      events.push(event);
    }
    const walk = walkOf(events);
    const body = { definition, answers: fitting(walk.answers, definition) };
    return { walk, outcome: compare(walk, await unwrap(session.client.POST("/procedures/simulate", { body }))) };
  }
}
