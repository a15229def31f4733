// A run as it stood after one of its events.
import type { Run } from "../api/client";
import { session } from "../session.svelte";
import { type Failure, failureOf } from "./run.svelte";

export class Snapshot {
  run: Run | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  private wanted: number | null = null;

  /** Loads the run as it stood after an event. If the person goes on meanwhile, only the last answer counts. */
  async load(id: string, at: number | null): Promise<void> {
    this.wanted = at;
    if (at === null) {
      this.run = null;
      return;
    }
    try {
      const { data, error } = await session.client.GET("/runs/{run_id}", { params: { path: { run_id: id }, query: { at } } });
      if (this.wanted === at) {
        this.run = data ?? null;
        this.failure = data === undefined ? failureOf(error) : null;
      }
    } catch {
      if (this.wanted === at) {
        this.failure = "unreachable";
      }
    }
  }
}
