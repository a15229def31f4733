import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Event, FormSlot, Run, SlotValue, StepForm } from "../api/client";
import { Correction, isBegun } from "./correction.svelte";
import { Form } from "./form.svelte";
import { OpenRun } from "./run.svelte";

/** A service with one run, whose step has one slot. */
const service = {
  seq: 0,
  value: null as SlotValue,
  events: [] as Event[],
  isDown: false,
  sent: [] as { ifMatch: string; body: { slots: Record<string, SlotValue> } }[],
  /** Stores a value, as the request of somebody. */
  store(value: SlotValue, actor: string, request: string, action = "step.draft_saved") {
    this.value = value;
    this.seq++;
    const payload = { step: "s", slots: { cause: value }, request_id: request };
    this.events.push({ seq: this.seq, actor, action, payload } as unknown as Event);
  },
  get etag() {
    return `"${this.seq}"`;
  },
  answer(data: object, request: string) {
    return { data, response: new Response(null, { headers: { ETag: this.etag, "X-Request-Id": request } }) };
  },
  run(): Run {
    return { id: "r", seq: this.seq, steps: [{ key: "s", visit: 1, state: "open" }] } as unknown as Run;
  },
  form(): StepForm {
    const slot = { name: "cause", type: "string", label: "Cause", given: this.value !== null, value: this.value } as unknown as FormSlot;
    return { key: "s", seq: this.seq, visit: 1, slots: [slot], checklist: [] } as unknown as StepForm;
  },
  async GET(path: string) {
    if (path.endsWith("/events")) {
      if (this.isDown) {
        throw new TypeError("Failed to fetch");
      }
      return this.answer({ items: this.events }, "q");
    }
    return path.endsWith("{step_key}") ? this.answer(this.form(), "q") : this.answer(this.run(), "q");
  },
  async* items() {
    // nothing that a reviewer must see
  },
  async PATCH(_: string, { body }: { body: { slots: { cause: SlotValue } } }) {
    this.store(body.slots.cause, "me", "own");
    return this.answer(this.run(), "own");
  },
  async POST(path: string, { params, body }: { params: { header?: { "If-Match": string } }; body: never }) {
    if (path.endsWith("/check")) {
      return this.answer({ issues: [] }, "c");
    }
    const ifMatch = params.header?.["If-Match"] ?? "";
    this.sent.push({ ifMatch, body });
    return ifMatch === this.etag ? this.answer(this.run(), "p")
      : { error: { type: "about:blank", title: "", status: 412, code: "run.stale", detail: "" }, response: new Response(null, { status: 412 }) };
  },
};

vi.mock("../session.svelte", () => ({ session: { language: "en", get client() { return service; } }, t: () => ({}) }));
vi.stubGlobal("document", { getElementById: () => null });
vi.stubGlobal("HTMLInputElement", class {});

const fieldOf = (form: Form) => form.fields[0] ?? expect.fail("there is no field");

let of: OpenRun;

beforeEach(async () => {
  Object.assign(service, { seq: 0, value: null, events: [], isDown: false, sent: [] });
  service.store("before", "claire", "other");
  of = new OpenRun("r");
  await of.read();
});

describe("a commit matches what the form shows", () => {
  let form: Form;
  beforeEach(async () => {
    form = new Form(of, "s");
    await form.load();
  });
  test("not what somebody else has stored since", async () => {
    service.store("theirs", "paul", "other");
    await of.load(); // the page knows of it, but the form does not show it yet
    expect(await form.commit()).toBe(false);
    expect(service.sent[0]?.ifMatch).toBe('"1"');
    expect(fieldOf(form).input).toBe("theirs"); // shown, and not committed
    expect(await form.commit()).toBe(true);
  });
  test("with what this page has stored itself, before the form is read again", async () => {
    fieldOf(form).input = "mine";
    await form.save();
    expect(await form.commit()).toBe(true);
    expect(service.sent.map(({ ifMatch }) => ifMatch)).toEqual(['"2"']);
  });
  test("with what changes nothing, such as a refusal", async () => {
    service.store("before", "paul", "other", "step.commit_refused");
    await of.load();
    expect(await form.commit()).toBe(true);
  });
  test("if nobody knows who has changed the run", async () => {
    service.isDown = true;
    service.store("theirs", "paul", "other");
    await of.load();
    await form.commit();
    expect(service.sent[0]?.ifMatch).toBe('"1"');
  });
});

describe("a correction", () => {
  const begin = () => new Correction(of, { form: service.form(), etag: service.etag });
  const leave = async (correction: Correction) => {
    correction.close();
    await Promise.resolve();
  };
  test("never replaces one of somebody else without a word", async () => {
    const correction = begin();
    fieldOf(correction).input = "mine";
    correction.reason = "R";
    service.store("theirs", "paul", "other", "step.amended");
    await of.load();
    expect(await correction.amend()).toBe(false);
    expect(service.sent[0]?.ifMatch).toBe('"1"');
    expect(fieldOf(correction).theirs).toEqual({ value: "theirs", by: "paul" });
    expect(await correction.amend()).toBe(false);
    expect(service.sent).toHaveLength(1); // it waits for the choice
    fieldOf(correction).resolve(false);
    expect(await correction.amend()).toBe(true);
    expect(service.sent[1]?.body).toMatchObject({ slots: { cause: "mine" }, reason: "R" });
  });
  test("is still there after a look at another step, beside what others have stored meanwhile", async () => {
    const correction = begin();
    expect(correction.unsaved).toBe(false);
    fieldOf(correction).input = "mine";
    correction.reason = "R";
    expect(correction.unsaved).toBe(true);
    await leave(correction);
    expect(isBegun("r", { key: "s", visit: 1 })).toBe(true);
    service.store("theirs", "paul", "other", "step.amended");
    const again = begin();
    expect([fieldOf(again).input, again.reason]).toEqual(["mine", "R"]);
    expect(fieldOf(again).theirs?.value).toBe("theirs");
    expect(isBegun("r", { key: "s", visit: 1 })).toBe(false);
  });
  test("is gone once it is recorded or given up", async () => {
    const recorded = begin();
    fieldOf(recorded).input = "mine";
    expect(await recorded.amend()).toBe(true);
    await leave(recorded);
    const given = begin();
    fieldOf(given).input = "mine";
    given.discard();
    await leave(given);
    expect(isBegun("r", { key: "s", visit: 1 })).toBe(false);
  });
});

test("what could not be stored comes back beside what others have stored meanwhile", async () => {
  const form = new Form(of, "s");
  await form.load();
  fieldOf(form).input = "mine";
  form.close();
  await Promise.resolve();
  service.store("theirs", "paul", "other");
  const again = new Form(of, "s");
  await again.load();
  expect(fieldOf(again).input).toBe("mine");
  expect(fieldOf(again).theirs?.value).toBe("theirs");
  again.close();
});
