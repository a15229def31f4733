// The form of a committed step that is being corrected. Nothing is stored before the correction is recorded.
import { type Issue, newKey, type StepForm } from "../api/client";
import { session } from "../session.svelte";
import type { Field } from "./field.svelte";
import { Form } from "./form.svelte";
import { failureOf, type OpenRun } from "./run.svelte";

/** A committed step, and the ETag of the answer with it. */
export interface Shown {
  form: StepForm;
  etag: string;
}

/** Corrections that are neither recorded nor given up, by run, step and visit, while the person looks at another page. */
const begun = new Map<string, Correction>();

const nameOf = (run: string, step: string, visit: number) => `${run}/${step}/${visit}`;

/** Reports whether a person has begun to correct a step and has then looked at another page. */
export const isBegun = (run: string, step: { key: string; visit: number }): boolean => begun.has(nameOf(run, step.key, step.visit));

export class Correction extends Form {
  /** Why the step is corrected. */
  reason = $state("");
  private attempt: { key: string; body: string } | undefined; // without an answer

  constructor(of: OpenRun, { form, etag }: Shown) {
    super(of, form.key);
    const before = begun.get(nameOf(of.id, form.key, form.visit));
    if (before !== undefined) {
      begun.delete(before.name);
      before.fields.filter((field) => !field.slot.sensitive).forEach((field) => this.bring(field));
      this.ticks = before.ticks;
      this.reason = before.reason;
    }
    this.merge(form);
    this.etag = etag;
  }

  private get name(): string {
    return nameOf(this.of.id, this.step, this.shown?.visit ?? 1);
  }

  override get unsaved(): boolean {
    const isEntered = this.fields.some((field) => field.unreadable || (field.dirty && !field.isSuggestion));
    return !this.done && (isEntered || this.reason !== "" || Object.keys(this.ticks).length > 0);
  }

  /** Gives the correction up. */
  discard(): void {
    this.done = true;
  }

  protected override leave(): void {
    if (this.unsaved) {
      begun.set(this.name, this);
    }
  }

  override touched(): void {
    // a correction has no draft
  }

  override left(field: Field): void {
    field.leave();
    this.undecided();
  }

  /** Records the correction. It reports whether the service has taken it. */
  async amend(): Promise<boolean> {
    if (this.undecided() !== undefined) {
      return false;
    }
    this.committing = true;
    this.failure = null;
    try {
      const body = { ...this.body(), reason: this.reason };
      const text = JSON.stringify(body);
      if (this.attempt?.body !== text) { // the same correction keeps its key until it is answered
        this.attempt = { key: newKey(), body: text };
      }
      const header = { "Idempotency-Key": this.attempt.key, "If-Match": await this.seen() };
      const { data, error, response } = await session.client.POST("/runs/{run_id}/steps/{step_key}/amend", {
        params: { ...this.params(), header }, body,
      });
      this.attempt = undefined;
      if (data !== undefined) {
        this.done = true;
        this.of.adopt(data, response);
        await this.of.changedHere();
        return true;
      }
      await this.refused(failureOf(error));
    } catch {
      this.failure = "unreachable";
    } finally {
      this.committing = false;
    }
    return false;
  }

  protected override place(issues: Issue[]): void {
    super.place(issues);
    this.summary = issues;
  }
}
