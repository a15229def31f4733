// The form of a committed step that is being corrected. Nothing is stored before the correction is recorded.
import type { Issue, StepForm } from "../api/client";
import { session } from "../session.svelte";
import type { Field } from "./field.svelte";
import { Form } from "./form.svelte";
import { failureOf, type OpenRun } from "./run.svelte";

export class Correction extends Form {
  constructor(of: OpenRun, shown: StepForm) {
    super(of, shown.key);
    this.merge(shown);
  }

  override touched(): void {
    // a correction has no draft
  }

  override left(field: Field): void {
    field.leave();
    this.undecided();
  }

  /** Records the correction. It reports whether the service has taken it. */
  async amend(reason: string, key: string): Promise<boolean> {
    if (this.undecided() !== undefined) {
      return false;
    }
    this.committing = true;
    try {
      const { data, error, response } = await session.client.POST("/runs/{run_id}/steps/{step_key}/amend", {
        params: { ...this.params(), header: { "Idempotency-Key": key, "If-Match": this.of.etag } },
        body: { ...this.body(), reason },
      });
      if (data !== undefined) {
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
