// The form of the open step. Drafts are stored once they pass the check, so that wrong values leave no trace, and
// nothing is lost when the page is closed.
import {
  etagOf, isUnproven, newKey, type FormItem, type Issue, type Run, type SlotValue, type StepForm, type Tick,
} from "../api/client";
import { session } from "../session.svelte";
import { Field } from "./field.svelte";
import { type Failure, failureOf, type OpenRun } from "./run.svelte";

const checkAfter = 400; // milliseconds after the last change
const saveAfter = 2_000;
const againAfter = 5_000;

export type SaveState = "clean" | "unsaved" | "saving" | "saved" | "failed";

interface Body {
  slots: Record<string, SlotValue>;
  checklist: Tick[];
  visit: number;
}

/** What a person has entered and is not stored. */
interface Entered {
  fields: Field[];
  ticks: Record<string, boolean>;
}

/**
 * What is not stored, by run, step and visit, while the person looks at another page. It ends with the tab: sensitive
 * values are part of it.
 */
const kept = new Map<string, Entered>();

export class Form {
  readonly of: OpenRun;
  readonly step: string;
  /** The step as the service describes it. */
  shown: StepForm | null = $state.raw(null);
  fields: Field[] = $state.raw([]);
  /** The ticks that the service does not hold yet. */
  ticks: Record<string, boolean> = $state.raw({});
  /** What the person must correct: filled by a refused commit. */
  summary: Issue[] = $state.raw([]);
  failure: Failure | null = $state.raw(null);
  /** Whether the failure is that the form, or what has changed in it, could not be read. */
  unread = $state(false);
  state: SaveState = $state("clean");
  savedAt: Date | null = $state.raw(null);
  committing = $state(false);
  attempted = $state(false);

  protected readonly known = new Map<string, Field>();
  protected etag = ""; // of the answer that the form shows
  private timers: ReturnType<typeof setTimeout>[] = [];
  private checked = ""; // the body that the issues belong to
  private saving: Promise<void> | undefined;
  private sent: { key: string; request: string; text: string; body: Body } | undefined; // a commit without an answer
  private sentTicks: Record<string, boolean> = {}; // those that the service may hold, although the form does not show it
  private closed = false;
  protected done = false; // the service has taken what was entered

  constructor(of: OpenRun, step: string) {
    this.of = of;
    this.step = step;
  }

  /** Ends the form. A save that is under way goes on, so that nothing is lost when the person goes to another page. */
  close(): void {
    this.closed = true;
    this.stop();
    queueMicrotask(() => this.leave()); // while a part of the page is taken away, it sees what was before
  }

  /** Keeps what is not stored for when the person comes back, or says that it cannot be stored any more. */
  protected leave(): void {
    const entered = this.entered();
    const step = this.of.run?.steps.find((one) => one.key === this.step);
    if (isNothing(entered)) {
      kept.delete(this.visited(this.shown?.visit));
    } else if (step?.state === "open" && step.visit === this.shown?.visit) {
      kept.set(this.visited(this.shown?.visit), entered);
    } else {
      void this.lose(entered);
    }
  }

  private entered(): Entered {
    return this.done ? { fields: [], ticks: {} } : { fields: this.fields.filter((field) => field.dirty), ticks: this.ticks };
  }

  /** Says what was not stored when the step was closed. The page's own commit has stored it, also if its answer is lost. */
  private async lose(entered: Entered): Promise<void> {
    const { sent } = this;
    if (sent !== undefined && await this.of.isClosedBy(this.step, sent.request)) {
      const isSent = (field: Field) => JSON.stringify(field.value) === JSON.stringify(sent.body.slots[field.name]);
      entered = { fields: entered.fields.filter((field) => !isSent(field)), ticks: {} };
    }
    if (!isNothing(entered)) {
      this.of.lose(this.step, entered.fields, (this.shown?.checklist ?? []).filter(({ key }) => key in entered.ticks));
    }
  }

  private visited(visit = 1): string {
    return `${this.of.id}/${this.step}/${visit}`;
  }

  /** Reports whether something would be lost if the page was closed now. */
  get unsaved(): boolean {
    return this.state === "unsaved" || this.state === "saving" || this.state === "failed";
  }

  /** Loads the form, or what has changed in it. */
  async load(): Promise<void> {
    do {
      await this.saving;
      const answer = await session.client.GET("/runs/{run_id}/steps/{step_key}", { params: this.params() }).catch(() => undefined);
      if (answer?.data === undefined) {
        this.failure = failureOf(answer?.error);
        this.unread = true;
        return;
      }
      this.failure = this.unread ? null : this.failure;
      this.unread = false;
      const { data, response } = answer;
      if (this.shown !== null) {
        await this.of.until(data.seq); // the events say who has changed what
      }
      const isLatest = data.seq >= (this.shown?.seq ?? 0);
      if (isLatest && this.saving === undefined && !this.closed) {
        const isRestored = this.shown === null && this.restore(data.visit);
        this.merge(data);
        this.etag = etagOf(response) ?? "";
        if (isRestored) {
          this.touched(false);
        }
      }
    } while (this.saving !== undefined && !this.closed); // until it is answered, a save cannot be told from another's
  }

  protected merge(form: StepForm): void {
    this.fields = form.slots.map((slot) => {
      let field = this.known.get(slot.name);
      if (field === undefined) {
        field = new Field(slot, session.language);
        this.known.set(slot.name, field);
      } else {
        const by = this.of.authorOf(this.step, slot.name, form.seq);
        field.merge(slot, by === undefined ? "" : by);
      }
      return field;
    });
    const held = new Map(form.checklist.map((item) => [item.key, item.completed]));
    this.ticks = Object.fromEntries(Object.entries(this.ticks).filter(([key, done]) => held.has(key) && held.get(key) !== done));
    this.sentTicks = {};
    this.shown = form;
  }

  /** Brings back what was entered before the person looked at another page, and reports whether there was anything. */
  private restore(visit: number): boolean {
    const entered = kept.get(this.visited(visit));
    kept.delete(this.visited(visit));
    entered?.fields.forEach((field) => this.bring(field)); // what others have stored is merged with it
    this.ticks = entered?.ticks ?? this.ticks;
    return entered !== undefined;
  }

  protected bring(field: Field): void {
    field.left = true;
    field.focused = false;
    field.unreadable = false; // its element in the page is another one
    this.known.set(field.name, field);
  }

  ticked(item: FormItem): boolean {
    return this.ticks[item.key] ?? item.completed;
  }

  tick(item: FormItem, completed: boolean): void {
    const { [item.key]: _, ...others } = this.ticks;
    const isHeld = completed === item.completed && !(item.key in this.sentTicks);
    this.ticks = isHeld ? others : { ...others, [item.key]: completed };
    this.touched(true);
  }

  /** Notes a change. What is chosen at once, such as an option, is stored at once. */
  touched(atOnce: boolean): void {
    this.stop();
    this.state = "unsaved";
    if (atOnce) {
      void this.save();
      return;
    }
    this.later(checkAfter, () => this.check());
    this.later(saveAfter, () => this.save());
  }

  /** Notes that the person has left a field. */
  left(field: Field): void {
    field.unreadable = isUnreadable(field);
    field.leave();
    if (field.unreadable) {
      this.state = "unsaved";
    } else if (this.state === "unsaved") {
      this.stop();
      void this.save();
    }
  }

  private later(milliseconds: number, task: () => Promise<void>): void {
    this.timers.push(setTimeout(() => void task(), milliseconds));
  }

  private stop(): void {
    this.timers.forEach(clearTimeout);
    this.timers = [];
  }

  protected params() {
    return { path: { run_id: this.of.id, step_key: this.step } };
  }

  protected body(): Body {
    const changed = this.fields.filter((field) => field.dirty && field.theirs === null && !field.unreadable);
    return {
      slots: Object.fromEntries(changed.map((field) => [field.name, field.value])),
      checklist: Object.entries(this.ticks).map(([key, completed]) => ({ key, completed })),
      visit: this.shown?.visit ?? 1,
    };
  }

  /** Asks the service what is wrong with the changes. Nothing is stored. */
  private async check(): Promise<void> {
    const body = this.body();
    const text = JSON.stringify(body);
    try {
      const { data, error } = await session.client.POST(
        "/runs/{run_id}/steps/{step_key}/check", { params: this.params(), body },
      );
      if (text !== JSON.stringify(this.body())) {
        return; // the person has gone on typing
      }
      if (data === undefined) {
        this.fail(error);
        return;
      }
      this.checked = text;
      this.place(data.issues);
    } catch {
      this.fail(undefined);
    }
  }

  /** Puts issues beside the fields that they belong to. */
  protected place(issues: Issue[]): void {
    for (const field of this.fields) {
      field.issue = issues.find((issue) => belongs(issue, field)) ?? null;
    }
    this.summary = this.summary.filter((old) => issues.some((issue) => issue.field === old.field));
  }

  /** Stores what passes the check. One request is under way at a time. */
  async save(): Promise<void> {
    this.stop();
    if (this.committing) { // what was typed is part of the commit
      return;
    }
    while (this.saving !== undefined) {
      await this.saving;
    }
    this.saving = this.saveOnce().finally(() => (this.saving = undefined));
    await this.saving;
  }

  private async saveOnce(): Promise<void> {
    const all = this.body();
    if (isEmpty(all)) {
      this.settle();
      return;
    }
    await this.check();
    if (this.checked !== JSON.stringify(all)) {
      return;
    }
    const body = { ...all, slots: this.passing(all.slots) };
    if (isEmpty(body)) {
      this.settle();
      return;
    }
    this.state = "saving";
    this.sentTicks = { ...this.sentTicks, ...Object.fromEntries(body.checklist.map(({ key, completed }) => [key, completed])) };
    try {
      const { data, error, response } = await session.client.PATCH(
        "/runs/{run_id}/steps/{step_key}", { params: this.params(), body },
      );
      if (data === undefined) {
        this.fail(error);
        return;
      }
      this.stored(data, response, body);
    } catch {
      this.fail(undefined);
      return;
    }
    queueMicrotask(() => void this.reload()); // once this save has ended
  }

  /** Shows what a save has changed besides: which fields apply now, and the trail. */
  private async reload(): Promise<void> {
    await this.of.more();
    await this.load();
  }

  private stored(run: Run, response: Response, body: Body): void {
    this.of.adopt(run, response);
    this.fields.filter((field) => field.name in body.slots).forEach((field) => field.took(body.slots[field.name] ?? null));
    this.failure = null;
    this.savedAt = new Date();
    this.settle();
  }

  /** Leaves out the values that the check has found wrong. That others are missing is no reason not to store one. */
  private passing(slots: Record<string, SlotValue>): Record<string, SlotValue> {
    const wrong = (field: Field) => field.issue !== null && !isMissing(field.issue);
    const names = new Set(this.fields.filter((field) => !wrong(field)).map((field) => field.name));
    return Object.fromEntries(Object.entries(slots).filter(([name]) => names.has(name)));
  }

  private settle(): void {
    const open = this.fields.some((field) => field.dirty || field.unreadable);
    this.state = open ? "unsaved" : this.savedAt === null ? "clean" : "saved";
  }

  private fail(error: unknown): void {
    this.failure = failureOf(error);
    this.unread = false;
    this.state = "failed";
    // It goes on when the service answers again, or when the person has signed in again in another tab.
    if ((this.failure === "unreachable" || isUnproven(this.failure)) && !this.closed) {
      this.later(againAfter, () => this.save());
    }
  }

  /**
   * Returns the first field whose value would be left out without a word: one that the browser cannot read, or that
   * somebody else has changed as well.
   */
  undecided(): Field | undefined {
    for (const field of this.fields) {
      field.unreadable = isUnreadable(field);
      field.left ||= field.unreadable;
    }
    return this.fields.find((field) => field.unreadable || field.theirs !== null);
  }

  /** Commits the step. It reports whether the service has taken it. */
  async commit(): Promise<boolean> {
    this.stop();
    if (this.undecided() !== undefined) {
      return false;
    }
    this.committing = true;
    try {
      while (this.saving !== undefined) {
        await this.saving;
      }
      return await this.send();
    } finally {
      this.committing = false;
    }
  }

  /** Returns the ETag of what the person has seen: that of the form, or of what this page alone has changed since. */
  protected async seen(): Promise<string> {
    const { run, etag } = this.of;
    const from = this.shown?.seq ?? 0;
    const isOwn = run !== null && run.seq >= from && await this.of.isOwn(from, run.seq);
    return isOwn ? etag : this.etag;
  }

  private async send(): Promise<boolean> {
    const body = this.body();
    const text = JSON.stringify(body);
    if (this.sent?.text !== text) { // the same commit keeps its key until it is answered
      this.sent = { key: newKey(), request: newKey(), text, body };
    }
    try {
      const header = { "Idempotency-Key": this.sent.key, "If-Match": await this.seen() };
      const { data, error, response } = await session.client.POST("/runs/{run_id}/steps/{step_key}/commit", {
        params: { ...this.params(), header }, body,
        headers: { "X-Request-Id": this.sent.request }, // the trail names it, also if the answer is lost
      });
      this.sent = undefined;
      if (data !== undefined) {
        this.state = "saved";
        this.done = true;
        this.of.adopt(data, response);
        return true;
      }
      await this.refused(failureOf(error));
    } catch {
      this.fail(undefined);
    }
    return false;
  }

  protected async refused(failure: Failure): Promise<void> {
    this.attempted = true;
    this.failure = failure;
    this.unread = false;
    if (failure === "unreachable") {
      return;
    }
    this.summary = (failure.issues ?? []) as Issue[];
    this.fields.forEach((field) => (field.left = true));
    this.place(this.summary);
    await this.of.load(); // a refusal is a fact of the trail, too
    await this.of.more();
    if (failure.code === "run.stale") {
      await this.load();
    }
  }
}

const isMissing = (issue: Issue) => issue.code === "validation.required" || issue.code === "validation.rule";

const belongs = (issue: Issue, field: Field) => {
  const place = `slots.${field.name}`;
  return issue.field === place || issue.field.startsWith(`${place}[`) || issue.field.startsWith(`${place}.`);
};

/** Browsers hold half a date as no value at all, and only the element knows. */
function isUnreadable(field: Field): boolean {
  const element = document.getElementById(`slot-${field.name}`);
  return element instanceof HTMLInputElement && element.validity.badInput;
}

const isNothing = ({ fields, ticks }: Entered) => fields.length === 0 && Object.keys(ticks).length === 0;

const isEmpty = (body: Body) => Object.keys(body.slots).length === 0 && body.checklist.length === 0;
