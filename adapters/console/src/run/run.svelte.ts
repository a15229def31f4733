// A run as the page shows it: its state, its trail, and what others do to it meanwhile.
import {
  etagOf, type Event, type FormItem, isProblem, isUnproven, newKey, type Problem, type Run, type RunException, type SlotValue,
} from "../api/client";
import { live } from "../api/live";
import { session, t } from "../session.svelte";
import type { Field } from "./field.svelte";

/** Why something could not be done: what the service answered, or that it did not answer. */
export type Failure = Problem | "unreachable";

/** Returns in words why a dialog could not do something. Above its words, it says that nobody is signed in. */
export function reasonOf(failure: Failure): string {
  if (failure === "unreachable") {
    return t().unreachable;
  }
  return isUnproven(failure) ? t().signIn.notYet : failure.issues?.[0]?.message ?? failure.detail;
}

export const failureOf = (error: unknown): Failure => (isProblem(error) ? error : "unreachable");

/** What is recorded without changing the run. */
const unchanging = /_refused$|^slot\.revealed$/;

interface Answer {
  data?: Run;
  error?: unknown;
  response: Response;
}

interface Lost {
  step: string;
  title: string;
  values: { label: string; value: SlotValue; field: Field }[];
  /** The items whose ticks were changed. */
  items: readonly FormItem[];
}

export class OpenRun {
  readonly id: string;
  run: Run | null = $state.raw(null);
  etag = "";
  failure: Failure | null = $state.raw(null);
  /** The events of the trail, oldest first. */
  events: Event[] = $state.raw([]);
  /** Why the trail could not be read to its end, if it could not. */
  missing: Failure | null = $state.raw(null);
  /** What a reviewer must see, by the number of its event. */
  exceptions: Map<number, RunException[]> = $state.raw(new Map());
  /** What a person had entered in a step that somebody else closed. */
  lost: Lost | null = $state.raw(null);
  private readonly ended = new AbortController();
  private readonly requests = new Set<string>(); // those of this page, as the events name them
  private readonly changed = new Set<() => Promise<void>>();
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private cursor: string | undefined;
  private reviewed = 0;
  private loading: Promise<void> | undefined;
  private following = false;

  constructor(id: string) {
    this.id = id;
  }

  /** Loads the run and its trail. */
  async read(): Promise<void> {
    await this.load();
    if (this.run !== null) {
      await this.more();
    }
  }

  /** Loads the run and follows it until it is closed. */
  async open(): Promise<void> {
    await this.load();
    if (this.run === null || this.following || this.ended.signal.aborted) {
      return;
    }
    this.following = true;
    void this.more(); // a long trail takes seconds, and nobody has to wait for it
    void live(session.client, this.id, {
      seq: () => this.run?.seq ?? 0,
      event: (event) => this.add(event),
      poll: () => this.poll(),
    }, this.ended.signal);
  }

  close(): void {
    this.ended.abort();
    clearTimeout(this.waiting);
  }

  /** Notes what a person had entered when somebody else closed the step. */
  lose(step: string, fields: readonly Field[], items: readonly FormItem[]): void {
    const title = this.run?.steps.find((one) => one.key === step)?.title ?? step;
    this.lost = { step, title, values: fields.map((field) => ({ label: field.slot.label, value: field.value, field })), items };
  }

  /** Reports whether a request has closed the present visit of a step. */
  async isClosedBy(step: string, request: string): Promise<boolean> {
    await this.until(this.run?.seq ?? 0);
    return this.closing(step)?.payload["request_id"] === request;
  }

  private closing(step: string): Event | undefined {
    return this.events.findLast(({ payload, action }) => payload["step"] === step && /^step\.(committed|skipped)$/.test(action));
  }

  /** Returns who has closed a step, once the trail shows it. */
  closerOf(step: string): string | undefined {
    return this.closing(step)?.actor;
  }

  /** Changes the run as a dialog asks. It returns what is wrong, or nothing. */
  async change(send: (header: { "Idempotency-Key": string; "If-Match": string }) => Promise<Answer>): Promise<string | undefined> {
    try {
      const { data, error, response } = await send({ "Idempotency-Key": newKey(), "If-Match": this.etag });
      if (data !== undefined) {
        this.adopt(data, response);
        await this.more();
        return undefined;
      }
      const failure = failureOf(error);
      await this.load();
      return reasonOf(failure);
    } catch {
      return t().run.noAnswer;
    }
  }

  /** Calls a function whenever the run was changed elsewhere. It returns a function that ends this. */
  whenChanged(refresh: () => Promise<void>): () => void {
    this.changed.add(refresh);
    return () => this.changed.delete(refresh);
  }

  async load(): Promise<void> {
    try {
      const { data, error, response } = await session.client.GET("/runs/{run_id}", { params: { path: { run_id: this.id } } });
      if (data === undefined) {
        this.failure = failureOf(error);
      } else {
        this.adopt(data, response);
        this.failure = null;
      }
    } catch {
      this.failure = "unreachable";
    }
  }

  /** Takes over an answer of the service, unless a newer one is known. */
  adopt(run: Run, response: Response): void {
    this.requests.add(response.headers.get("X-Request-Id") ?? "");
    if (this.run === null || run.seq >= this.run.seq) {
      this.run = run;
      this.etag = etagOf(response) ?? "";
    }
  }

  /**
   * Returns who had stored a slot of a step last when an event was recorded: null if it was this page, nothing if nobody
   * knows.
   */
  authorOf(step: string, slot: string, seq: number): string | null | undefined {
    const event = this.events.findLast(({ seq: at, payload }) =>
      at <= seq && payload["step"] === step && slot in ((payload["slots"] ?? {}) as object));
    const request = event?.payload["request_id"];
    return typeof request === "string" && this.requests.has(request) ? null : event?.actor;
  }

  /** Reports whether this page alone has changed the run between two events. It reports false if nobody knows. */
  async isOwn(after: number, last: number): Promise<boolean> {
    await this.until(last);
    const between = this.events.filter(({ seq }) => seq > after && seq <= last);
    return between.length === last - after && between.every(({ action, payload }) =>
      unchanging.test(action) || (typeof payload["request_id"] === "string" && this.requests.has(payload["request_id"])));
  }

  /** Loads the events that the trail does not show yet. */
  async more(): Promise<void> {
    const before = this.loading;
    this.loading = (async () => {
      await before;
      await this.loadEvents();
    })();
    await this.loading;
  }

  private async loadEvents(): Promise<void> {
    try {
      for (;;) {
        const query = { limit: 200, ...(this.cursor === undefined ? {} : { cursor: this.cursor }) };
        const { data, error } = await session.client.GET("/runs/{run_id}/events", { params: { path: { run_id: this.id }, query } });
        if (this.ended.signal.aborted) {
          return;
        }
        if (data === undefined) {
          this.missing = failureOf(error);
          return;
        }
        this.insert(data.items);
        if (data.next_cursor === undefined) {
          await this.review();
          this.missing = null;
          return;
        }
        this.cursor = data.next_cursor;
      }
    } catch {
      this.missing = "unreachable"; // the trail stays as it is
    }
  }

  /** Loads the events up to a number, if the trail does not show them yet. */
  async until(seq: number): Promise<void> {
    if ((this.events.at(-1)?.seq ?? 0) < seq) {
      await this.more();
    }
  }

  /** Reads the exceptions, if the trail has grown. */
  private async review(): Promise<void> {
    const last = this.events.at(-1)?.seq ?? 0;
    if (last === this.reviewed) {
      return;
    }
    const found = new Map<number, RunException[]>();
    const path = { run_id: this.id };
    for await (const one of session.client.items("/runs/{run_id}/exceptions", { path, query: { limit: 200 } })) {
      found.set(one.seq, [...(found.get(one.seq) ?? []), one]);
    }
    this.exceptions = found;
    this.reviewed = last;
  }

  private insert(events: Event[]): void {
    const last = this.events.at(-1)?.seq ?? 0;
    const unknown = events.filter((event) => event.seq > last);
    if (unknown.length > 0) {
      this.events = [...this.events, ...unknown];
    }
  }

  private add(event: Event): void {
    if (event.seq === (this.events.at(-1)?.seq ?? 0) + 1) {
      this.insert([event]);
    }
    if (event.seq > (this.run?.seq ?? 0)) {
      clearTimeout(this.waiting); // several events often come together
      this.waiting = setTimeout(() => void this.refresh(), 50);
    }
  }

  private async poll(): Promise<void> {
    const before = this.run?.seq;
    await this.load();
    if (this.run?.seq !== before || this.missing !== null) {
      await this.more();
      await this.tell();
    }
  }

  private async refresh(): Promise<void> {
    await this.load();
    await this.more();
    await this.tell();
  }

  /** Shows what this page has changed itself. */
  async changedHere(): Promise<void> {
    await this.more();
    await this.tell();
  }

  private async tell(): Promise<void> {
    await Promise.all([...this.changed].map((refresh) => refresh()));
  }
}
