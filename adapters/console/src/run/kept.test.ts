import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { json, serve, type Sent } from "../testing";

const me = { actor: "ann", via: "none", roles: [], permissions: [], groups: [] };
const slot = (name: string, sensitive = false) => ({
  name, type: "string", label: name, sensitive, required: false, when: null, required_when: null, given: false, value: null,
  origin: null, erased: false,
});
const item = (completed: boolean) => ({ key: "done", label: "Done", required: false, completed, when: null });

let seq: number;
let ticked: boolean; // what the service holds
let visit: number;
let step: string; // the state of the first step
let answer: (sent: Sent) => Response | undefined | Promise<Response | undefined> | "usual"; // instead of the usual one
let sent: Sent[];
let open: InstanceType<typeof import("./run.svelte").OpenRun>;
let Form: typeof import("./form.svelte").Form;

const run = () => ({
  id: run_id, seq, procedure_id: "p", procedure_version: 1, state: "in_progress", current_step: step === "open" ? "one" : "two",
  steps: [
    { key: "one", title: "One", state: step, visit, slots: {}, checklist: [], sensitive: [], erased: [], origins: {} },
    { key: "two", title: "Two", state: step === "open" ? "locked" : "open", visit: 1, slots: {}, checklist: [] },
  ],
});
const form = () => ({
  key: "one", seq, visit, prompt: "", earlier_visits: 0, skippable: false, slots: [slot("note"), slot("pin", true)],
  checklist: [item(ticked)], undecided: [], not_applicable: [],
});

function usual({ method, path, body, headers }: Sent): Response {
  if (path.endsWith("/me")) {
    return json(me);
  }
  if (path.includes("/events")) {
    return json({ items: closing });
  }
  if (path.endsWith("/check")) {
    return json({ issues: [] });
  }
  if (method === "PATCH" || path.endsWith("/commit")) {
    seq++;
    for (const tick of (body["checklist"] ?? []) as { completed: boolean }[]) {
      ticked = tick.completed;
    }
    if (method === "POST") {
      step = "committed";
      closing.push({ seq, action: "step.committed", actor: "ann", payload: { step: "one", request_id: headers.get("X-Request-Id") } });
    }
    return json(run(), 200, { ETag: `"${seq}"` });
  }
  return json(path.includes("/steps/") ? form() : path.includes("/runs/") ? run() : { links: {} });
}

const bodies = (method: string, path: RegExp) => sent.filter((one) => one.method === method && path.test(one.path)).map(({ body }) => body);
const settled = () => vi.advanceTimersByTimeAsync(30_000);

/** Opens the form of the first step. */
async function enter() {
  const one = new Form(open, "one");
  await one.load();
  return one;
}

const field = (of: InstanceType<typeof Form>, name: string) => {
  const found = of.fields.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`no field ${name}`);
  }
  return found;
};

let OpenRun: typeof import("./run.svelte").OpenRun;
let run_id = "";
let closing: object[]; // the events of the trail

beforeAll(async () => {
  serve(usual);
  vi.stubGlobal("HTMLInputElement", class {});
  ({ Form } = await import("./form.svelte"));
  ({ OpenRun } = await import("./run.svelte"));
  const { session } = await import("../session.svelte");
  await session.load();
}, 60_000);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  [run_id, closing] = [`r${run_id.length}${run_id}`, []];
  [seq, ticked, visit, step, answer] = [1, false, 1, "open", () => "usual"];
  sent = serve(async (one) => {
    const given = await answer(one);
    return given === "usual" ? usual(one) : given;
  });
  vi.stubGlobal("HTMLInputElement", class {});
  open = new OpenRun(run_id);
  await open.load();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("an item", () => {
  test.each([[false, [true, false]], [true, [false, true]]])("is held as it was left: %s", async (before, [first, last]) => {
    ticked = before;
    const one = await enter();
    let arrive: (() => void) | undefined; // of the answer to the first save
    answer = (request) => request.method === "PATCH" && arrive === undefined
      ? new Promise((done) => (arrive = () => done(usual(request)))) : "usual";
    const [shown] = one.shown?.checklist ?? [];
    one.tick(shown!, first!);
    await vi.advanceTimersByTimeAsync(10);
    expect(bodies("PATCH", /one$/)).toHaveLength(1); // which has no answer yet
    one.tick(shown!, last!);
    expect(one.ticked(shown!)).toBe(last);
    arrive?.();
    await settled();
    expect(ticked).toBe(last);
    expect(one.ticked(one.shown!.checklist[0]!)).toBe(last);
    expect(await one.commit()).toBe(true);
    expect(ticked).toBe(last);
  });
});

test("what a commit has stored is not said to be lost when its answer is", async () => {
  const one = await enter();
  field(one, "note").input = "typed";
  answer = (request) => {
    if (request.path.endsWith("/commit")) {
      step === "open" && usual(request); // the service commits, but no answer arrives
      return undefined;
    }
    return "usual";
  };
  const committed = one.commit();
  await settled();
  expect(await committed).toBe(false);
  await open.load();
  one.close();
  await settled();
  expect(open.lost).toBeNull();
});

test("what was entered is said to be lost when somebody else has closed the step", async () => {
  const one = await enter();
  answer = (request) => (request.path.endsWith("/commit") || request.path.endsWith("/check") ? undefined : "usual");
  field(one, "note").input = "typed";
  field(one, "pin").input = "1234";
  one.tick(one.shown!.checklist[0]!, true);
  const committed = one.commit();
  await settled();
  expect(await committed).toBe(false);
  [seq, step] = [seq + 1, "committed"];
  closing.push({ seq, action: "step.committed", actor: "zoe", payload: { step: "one", request_id: "hers" } });
  await open.load();
  one.close();
  await settled();
  expect(open.lost?.values.map(({ label }) => label)).toEqual(["note", "pin"]);
  expect(open.lost?.items.map(({ key }) => key)).toEqual(["done"]);
});

test("ticks and sensitive values that are not stored are there when the person comes back, and are stored", async () => {
  const before = await enter();
  answer = ({ path }) => (path.includes("/steps/") ? undefined : "usual");
  before.tick(before.shown!.checklist[0]!, true);
  field(before, "note").input = "typed";
  field(before, "pin").input = "1234";
  before.touched(false);
  await settled();
  before.close();
  await settled();
  answer = () => "usual";
  const after = await enter();
  expect([field(after, "note").input, field(after, "pin").input, after.ticks]).toEqual(["typed", "1234", { done: true }]);
  await settled();
  expect(bodies("PATCH", /one$/).at(-1)).toMatchObject({
    slots: { note: "typed", pin: "1234" }, checklist: [{ key: "done", completed: true }],
  });
});
