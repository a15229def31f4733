// A definition that is being written: its text, what the service finds in it, and the version that it began with.
import { etagOf, isProblem, type LintReport, type Problem, type Procedure, ProblemError } from "../api/client";
import { type Failure, failureOf } from "../run/run.svelte";
import { session } from "../session.svelte";
import { read, type Read } from "./document";
import { editable, toYAML } from "./write";

/** A version, and the ETag that publishing over it takes. */
export interface Base {
  procedure: Procedure;
  etag: string;
}

interface Stored {
  text: string;
  version: number;
  at: string;
}

/** What a new procedure begins with. */
const blank = (words: { name: string; step: string }) =>
  `id: new-procedure\nname: ${words.name}\nlanguage: ${session.language}\nsteps:\n  - key: first\n    title: ${words.step}\n`;

function baseOf({ data, error, response }: { data?: Procedure; error?: Problem; response: Response }): Base {
  if (data === undefined) {
    throw new ProblemError(error as Problem, response);
  }
  return { procedure: data, etag: etagOf(response) ?? "" };
}

const pause = 500; // milliseconds after the last change, before the service is asked
const again = 5_000; // after it did not answer

export class Draft {
  /** The id of the procedure, or nothing for a new one. */
  readonly id: string | undefined;
  text = $state.raw("");
  report: LintReport | null = $state.raw(null);
  /** The version on which the draft is based; nothing for a new procedure. */
  base: Base | null = $state.raw(null);
  /** When the draft was kept in this browser, if it was found there. */
  kept: string | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  loaded = $state(false);
  /** Whether the report is about an earlier text. */
  checking = $state(false);
  /** Whether this browser keeps the draft. */
  isKept = $state(false);
  /** What another tab of this browser has made of the same draft. */
  elsewhere: string | null = $state.raw(null);

  readonly content: Read = $derived(read(this.text));
  private readonly begin: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private original = "";

  constructor(id: string | undefined, words: { name: string; step: string }) {
    this.id = id;
    this.begin = blank(words);
  }

  get isChanged(): boolean {
    return this.text !== this.original;
  }

  /** Reads the latest version, or the draft that this browser kept and the version that it began with. */
  async load(): Promise<void> {
    try {
      const found = this.stored();
      this.base = this.id === undefined ? null : await this.latest();
      if (found !== null && this.base !== null && found.version < this.base.procedure.version) {
        this.base = await this.version(found.version);
      }
      this.original = this.base === null ? this.begin : toYAML(editable(this.base.procedure));
      this.text = found?.text ?? this.original;
      this.kept = found?.at ?? null;
      this.failure = null;
      this.loaded = true;
      await this.check();
    } catch (error) {
      this.failure = error instanceof ProblemError ? failureOf(error.problem) : "unreachable";
    }
  }

  /** Takes over what the person has written. */
  write(text: string): void {
    this.text = text;
    this.keep();
    this.checking = true;
    this.later(pause);
  }

  private later(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), milliseconds);
  }

  /** Follows what other tabs make of the same draft. It returns a function that ends this. */
  watch(): () => void {
    const changed = ({ key }: StorageEvent) => {
      if (key !== this.place && key !== null) {
        return;
      }
      const other = this.stored();
      this.elsewhere = other === null || other.text === this.text ? null : other.text;
      if (other === null && this.isChanged) { // published or discarded there, so that this text is the only one
        this.keep();
      }
    };
    addEventListener("storage", changed);
    return () => {
      removeEventListener("storage", changed);
      clearTimeout(this.timer);
    };
  }

  /** Ends a conflict with another tab: by its text, or by the one that is here. */
  resolve(take: boolean): void {
    const text = take && this.elsewhere !== null ? this.elsewhere : this.text;
    this.elsewhere = null;
    this.write(text);
  }

  /** Asks the service what it finds. */
  async check(): Promise<void> {
    clearTimeout(this.timer);
    const turn = ++this.asked;
    const { value } = this.content;
    if (value === undefined) {
      this.report = null;
      this.checking = false;
      return;
    }
    try {
      const { data, error } = await session.client.POST("/procedures/lint", { body: value as never });
      if (turn === this.asked) {
        this.report = data ?? null;
        this.failure = data === undefined ? failureOf(error) : null;
        this.checking = false;
      }
    } catch {
      if (turn === this.asked) { // nothing is known of this text
        this.report = null;
        this.failure = "unreachable";
        this.checking = false;
        this.later(again);
      }
    }
  }

  /** Publishes the draft. It returns the number of the version, or nothing if it was refused. */
  async publish(over: Base | null = this.base): Promise<Procedure | undefined> {
    const body = this.content.value as never;
    try {
      const { data, error } = over === null
        ? await session.client.POST("/procedures", { body })
        : await session.client.PUT("/procedures/{procedure_id}", {
          params: { path: { procedure_id: over.procedure.id }, header: { "If-Match": over.etag } }, body,
        });
      this.failure = data === undefined ? failureOf(error) : null;
      if (data !== undefined) {
        this.forget();
      }
      return data;
    } catch {
      this.failure = "unreachable";
      return undefined;
    }
  }

  /** Reports whether the last attempt to publish was refused because there is a newer version. */
  get isStale(): boolean {
    return isProblem(this.failure) && this.failure.status === 412;
  }

  async latest(): Promise<Base> {
    return baseOf(await session.client.GET("/procedures/{procedure_id}", { params: { path: { procedure_id: this.id ?? "" } } }));
  }

  private async version(version: number): Promise<Base> {
    const path = { procedure_id: this.id ?? "", version };
    return baseOf(await session.client.GET("/procedures/{procedure_id}/versions/{version}", { params: { path } }));
  }

  /** Goes on from the newest version, with a text that has its changes too. */
  rebase(newest: Base, text: string): void {
    this.base = newest;
    this.original = toYAML(editable(newest.procedure));
    this.failure = null;
    this.write(text);
  }

  /** Goes back to what the draft began with. */
  async discard(): Promise<void> {
    this.forget();
    await this.load();
  }

  private get place(): string {
    return `procedo.draft.${this.id ?? ""}`;
  }

  /** Keeps the draft in this browser, so that it survives a reload. Definitions hold no secrets. */
  private keep(): void {
    if (this.elsewhere !== null) { // what is there must not be lost either
      return;
    }
    const stored: Stored = { text: this.text, version: this.base?.procedure.version ?? 0, at: new Date().toISOString() };
    try {
      localStorage.setItem(this.place, JSON.stringify(stored));
      this.isKept = true;
    } catch {
      this.isKept = false; // then it is lost with the page
    }
  }

  private stored(): Stored | null {
    try {
      const found = JSON.parse(localStorage.getItem(this.place) ?? "null") as Partial<Stored> | null;
      const isRight = typeof found?.text === "string" && typeof found.version === "number" && !Number.isNaN(Date.parse(String(found.at)));
      return isRight ? found as Stored : null;
    } catch {
      return null;
    }
  }

  private forget(): void {
    try {
      localStorage.removeItem(this.place);
    } catch {
      // it was not kept
    }
    this.kept = null;
  }
}
