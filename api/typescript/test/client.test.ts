import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import {
  createClient, etagOf, type Event, ProblemError, ResponseError, type Run, type SlotValues, unwrap,
} from "../src/index.js";
import { type Behaviour, proxy, type Server, serveDemo } from "./server.js";

const demo = "incident-paiement-instantane";
let server: Server;

before(async () => {
  server = await serveDemo();
});
after(() => server.stop());

const claire = (baseUrl = server.url) => createClient({ baseUrl, actor: "claire", language: "en" });

const start = (baseUrl?: string): Promise<Run> =>
  unwrap(claire(baseUrl).POST("/runs", { body: { procedure_id: demo } }));

const alert = {
  slots: { incident_id: "INC-450123", detected_at: "2026-11-23T09:30:00+01:00", severity: "high" },
  checklist: [{ key: "acknowledged", completed: true }, { key: "on_call_informed", completed: true }],
};

const commit = "/runs/{run_id}/steps/{step_key}/commit";
const at = (runId: string, step: string) => ({ path: { run_id: runId, step_key: step } });

async function eventsOf(runId: string): Promise<Event[]> {
  const all: Event[] = [];
  for await (const event of claire().items("/runs/{run_id}/events", { path: { run_id: runId }, query: { limit: 2 } })) {
    all.push(event);
  }
  return all;
}

interface Answer {
  step: string;
  slots: Record<string, unknown>;
  checklist?: { key: string; completed: boolean }[];
  refused?: boolean;
}

test("the demo is completed, and a refused commit is read as data", async () => {
  const file = new URL("../../../../docs/procedures/demo-answers.json", import.meta.url);
  const answers = JSON.parse(await readFile(file, "utf8")) as Answer[];
  const api = claire();
  let run = await start();
  let refused = 0;
  for (const { step, slots, checklist = [], refused: isRefused } of answers) {
    const values: SlotValues = Object.fromEntries(
      Object.entries(slots).map(([name, v]) => [name, typeof v === "number" ? String(v) : (v as string)]),
    );
    const { data, error } = await api.POST(commit, { params: at(run.id, step), body: { slots: values, checklist } });
    if (isRefused) {
      assert.equal(error?.code, "values.invalid");
      assert.ok(error.issues?.some((issue) => issue.field === "slots.severity" && issue.code === "validation.enum"));
      refused++;
      continue;
    }
    assert.equal(error, undefined);
    assert.ok(data);
    run = data;
  }
  assert.equal(refused, 1);
  assert.equal(run.state, "completed");
  assert.equal(run.steps.find((s) => s.key === "diagnosis")?.slots["error_rate"], "14");
  const events = await eventsOf(run.id);
  assert.equal(events.length, run.seq);
  assert.ok(events.every((e, i) => e.seq === i + 1 && e.actor === "claire"));
  assert.equal(events.filter((e) => e.action === "step.commit_refused").length, 1);
});

test("a refusal can be thrown as a typed problem, in the language of the client", async () => {
  const run = await start();
  const french = createClient({ baseUrl: server.url, language: "fr" });
  await assert.rejects(
    unwrap(french.POST(commit, { params: at(run.id, "closure"), body: {} })),
    (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.code, "step.out_of_order");
      assert.equal(error.status, 409);
      assert.equal(error.params["current_step"], "alert");
      assert.equal(error.response.headers.get("Content-Language"), "fr");
      return true;
    },
  );
});

const big = { whole: "12345678901234567890", exact: "0.12345678901234567890123", none: null };

async function numbersRun(): Promise<Run> {
  const steps = ["first", "second"].map((key) => ({
    key, title: key,
    slots: [
      { name: "whole", type: "integer" as const, max: "99999999999999999999" },
      { name: "exact", type: "number" as const, min: "0.00000000000000000000001" },
      { name: "none", type: "number" as const, required: false },
    ],
  }));
  const body = { name: "Exact numbers", steps };
  const procedure = await unwrap(claire().POST("/procedures", { body }));
  return unwrap(claire().POST("/runs", { body: { procedure_id: procedure.id } }));
}

test("numbers keep their digits when a run is read, changed and written back", async () => {
  const api = claire();
  let run = await numbersRun();
  run = await unwrap(api.PATCH("/runs/{run_id}/steps/{step_key}", {
    params: at(run.id, "first"), body: { slots: big },
  }));
  const read = await unwrap(api.GET("/runs/{run_id}", { params: { path: { run_id: run.id } } }));
  const slots = read.steps[0]?.slots ?? {};
  assert.deepEqual(slots, { whole: big.whole, exact: big.exact });
  run = await unwrap(api.POST(commit, { params: at(run.id, "first"), body: { slots } }));
  run = await unwrap(api.POST(commit, { params: at(run.id, "second"), body: { slots: run.steps[0]?.slots ?? {} } }));
  assert.equal(run.state, "completed");
  assert.deepEqual(run.steps[1]?.slots, { whole: big.whole, exact: big.exact });
  const committed = (await eventsOf(run.id)).filter((e) => e.action === "step.committed");
  assert.equal(committed.length, 2);
  for (const event of committed) {
    const text = JSON.stringify([event.payload, event.disclosures]);
    assert.ok(text.includes(`"${big.whole}"`) && text.includes(`"${big.exact}"`), text);
  }
  const procedure = await unwrap(api.GET("/procedures/{procedure_id}", {
    params: { path: { procedure_id: run.procedure_id } },
  }));
  assert.match(JSON.stringify(procedure), /"max":"99999999999999999999"/);
});

test("a number that is out of bounds is refused with its exact bound", async () => {
  const run = await numbersRun();
  const { error } = await claire().POST(commit, {
    params: at(run.id, "first"), body: { slots: { whole: "100000000000000000000" } },
  });
  assert.equal(error?.issues?.[0]?.params["max"], "99999999999999999999");
});

/** Runs a test behind a proxy. */
async function behind(behaviour: Behaviour, run: (url: string, sent: () => string[]) => Promise<void>): Promise<void> {
  const front = await proxy(server.url, behaviour);
  try {
    await run(front.url, () => front.requests.map((r) => `${r.method} ${r.headers["idempotency-key"] ?? "-"}`));
  } finally {
    await front.stop();
  }
}

test("a request whose response was lost is repeated with its key, and stored once", async () => {
  await behind((_, nth) => (nth === 1 ? "lose" : "forward"), async (url, sent) => {
    const run = await start();
    const { data, response } = await claire(url).POST(commit, { params: at(run.id, "alert"), body: alert });
    assert.equal(data?.current_step, "diagnosis");
    assert.equal(response.headers.get("Idempotency-Replayed"), "true");
    assert.equal(sent().length, 2);
    assert.equal(new Set(sent()).size, 1);
    assert.match(sent()[0] ?? "", /^POST [0-9a-f-]{36}$/);
    assert.equal((await eventsOf(run.id)).filter((e) => e.action === "step.committed").length, 1);
  });
});

test("an ETag that a proxy has made weak is sent as the service made it", async () => {
  const weakening = async (request: Request) => {
    const { body, status, headers } = await fetch(request);
    return new Response(body, { status, headers: { ...Object.fromEntries(headers), etag: `W/${headers.get("ETag")}` } });
  };
  const api = createClient({ baseUrl: server.url, actor: "claire", language: "en", fetch: weakening });
  const { data: run, response } = await api.POST("/runs", { body: { procedure_id: demo } });
  assert.ok(run);
  const commitIf = (etag: string | null | undefined) => {
    assert.ok(etag);
    return api.POST(commit, { params: { ...at(run.id, "alert"), header: { "If-Match": etag } }, body: alert });
  };
  assert.equal((await commitIf(response.headers.get("ETag"))).error?.code, "request.weak_etag");
  assert.equal((await commitIf(etagOf(response))).data?.current_step, "diagnosis");
  assert.equal(etagOf(new Response()), undefined);
});

test("each call has a key of its own, and a key of the caller is kept", async () => {
  await behind(() => "forward", async (url, sent) => {
    await start(url);
    await start(url);
    const header = { "Idempotency-Key": "mine" };
    await unwrap(claire(url).POST("/runs", { params: { header }, body: { procedure_id: demo } }));
    assert.equal(new Set(sent()).size, 3);
    assert.equal(sent()[2], "POST mine");
  });
});

for (const status of [429, 503]) {
  test(`a request that is answered ${status} is repeated after Retry-After`, async () => {
    const refuse: Behaviour = (_, nth) => nth > 1 ? "forward" : (response) => {
      response.writeHead(status, { "Retry-After": "1" }).end();
    };
    await behind(refuse, async (url, sent) => {
      const began = performance.now();
      await start(url);
      assert.ok(performance.now() - began >= 1000);
      assert.equal(new Set(sent()).size, 1);
    });
  });
}

test("a write that could be carried out twice is not repeated, and a long Retry-After is not waited for", async () => {
  await behind(() => "lose", async (url, sent) => {
    const run = await start();
    for (const ifMatch of ["*", `"${run.revision}-1", "${run.revision + 1}-1"`]) {
      const params = { ...at(run.id, "alert"), header: { "If-Match": ifMatch } };
      await assert.rejects(claire(url).PATCH("/runs/{run_id}/steps/{step_key}", { params, body: {} }));
    }
    assert.equal(sent().length, 2);
  });
  await behind(() => (response) => response.writeHead(503, { "Retry-After": "600" }).end(), async (url, sent) => {
    await assert.rejects(start(url), ResponseError);
    assert.equal(sent().length, 1);
  });
});

/** Saves a draft whose first response is lost, after which something else happens, and returns the result. */
async function saveWithLoss(run: Run, etag: string, meanwhile: () => Promise<unknown>) {
  let attempts = 0;
  const losing = async (request: Request) => {
    const response = await fetch(request);
    if (++attempts === 1) {
      await meanwhile();
      throw new TypeError("lost");
    }
    return response;
  };
  const api = createClient({ baseUrl: server.url, actor: "claire", language: "en", fetch: losing });
  const result = await api.PATCH("/runs/{run_id}/steps/{step_key}", {
    params: { ...at(run.id, "alert"), header: { "If-Match": etag } },
    body: { slots: { incident_id: "INC-450123" }, checklist: [{ key: "acknowledged", completed: true }] },
  });
  assert.equal(attempts, 2);
  return result;
}

test("a draft with the ETag of one revision is repeated, stored once, and undoes no later change", async () => {
  const { data: first, response } = await claire().POST("/runs", { body: { procedure_id: demo } });
  assert.ok(first);
  const repeated = await saveWithLoss(first, etagOf(response) ?? "", async () => undefined);
  assert.equal(repeated.data?.revision, first.revision + 1);
  assert.equal(repeated.data.steps[0]?.slots["incident_id"], "INC-450123");

  const second = await claire().POST("/runs", { body: { procedure_id: demo } });
  assert.ok(second.data);
  const params = at(second.data.id, "alert");
  const later = () => unwrap(claire().PATCH("/runs/{run_id}/steps/{step_key}", {
    params, body: { slots: { incident_id: "INC-999999" } },
  }));
  const refused = await saveWithLoss(second.data, etagOf(second.response) ?? "", later);
  assert.equal(refused.error?.code, "run.stale");
  const now = await unwrap(claire().GET("/runs/{run_id}", { params: { path: { run_id: second.data.id } } }));
  assert.equal(now.steps[0]?.slots["incident_id"], "INC-999999");
});

test("a request stops when its signal is aborted", async () => {
  await behind(() => (response) => response.writeHead(503, { "Retry-After": "9" }).end(), async (url, sent) => {
    const signal = AbortSignal.timeout(100);
    await assert.rejects(claire(url).GET("/runs", { signal }), { name: "TimeoutError" });
    assert.equal(sent().length, 1);
  });
});

test("timeouts and signals end a request after the garbage collector has run", async () => {
  const program = fileURLToPath(new URL("collected.js", import.meta.url));
  await promisify(execFile)(process.execPath, ["--expose-gc", program], { timeout: 30_000 });
});

test("a list is read page by page", async () => {
  const reference = "INC-LIST";
  const body = { procedure_id: demo, reference };
  for (let i = 0; i < 3; i++) {
    await unwrap(claire().POST("/runs", { body }));
  }
  const found = [];
  for await (const run of claire().items("/runs", { query: { reference, limit: 1 } })) {
    found.push(run.id);
  }
  assert.equal(new Set(found).size, 3);
  await assert.rejects(claire().items("/runs", { query: { limit: 201 } }).next(), (error: unknown) =>
    error instanceof ProblemError && error.code === "request.invalid");
});

test("a stream resumes after the last event when it breaks, and ends when the signal is aborted", async (t) => {
  const run = await start();
  const front = await proxy(server.url, () => "forward");
  t.after(() => front.stop());
  const ended = new AbortController();
  const seen: number[] = [];
  for await (const event of claire(front.url).follow(run.id, { signal: ended.signal })) {
    seen.push(event.seq);
    if (seen.length === 2) {
      front.breakAll();
      await unwrap(claire().POST(commit, { params: at(run.id, "alert"), body: alert }));
    }
    if (event.action === "step.committed") {
      ended.abort();
    }
  }
  assert.deepEqual(seen, seen.map((_, i) => i + 1));
  assert.ok(seen.length >= 4);
  assert.equal(front.requests.length, 2);
  assert.equal(front.requests[1]?.headers["last-event-id"], "2");
});

test("a stream of an unknown run is a problem", async () => {
  const next = claire().follow("0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f").next();
  await assert.rejects(next, (error: unknown) => error instanceof ProblemError && error.code === "run.not_found");
});

test("an answer that is not a stream of events ends a stream", async () => {
  for (const [type, body] of [["text/event-stream", "data: {\n\n"], ["text/html", "<title>Please sign in</title>"]]) {
    let sent = 0;
    const answers = async () => {
      sent++;
      return new Response(body, { headers: { "Content-Type": type! } });
    };
    await assert.rejects(createClient({ baseUrl: server.url, fetch: answers }).follow("r").next(), Error);
    assert.equal(sent, 1);
  }
});

test("a token is asked for before each request", async () => {
  let made = 0;
  const sent: (string | null)[] = [];
  const api = createClient({
    baseUrl: server.url,
    token: async () => `t${++made}`,
    fetch: (request) => {
      sent.push(request.headers.get("Authorization"), request.headers.get("X-Actor"));
      return fetch(request);
    },
  });
  await api.GET("/me");
  await api.GET("/me");
  assert.deepEqual(sent, ["Bearer t1", null, "Bearer t2", null]);
});

test("a reveal is sent once, without an Idempotency-Key", async () => {
  const sent: (string | null)[] = [];
  const api = createClient({
    baseUrl: server.url,
    retry: { limit: 2, maxPause: 1 },
    fetch: async (request) => {
      sent.push(request.headers.get("Idempotency-Key"));
      return new Response("{}", { status: 503, headers: { "Content-Type": "application/problem+json" } });
    },
  });
  await api.POST("/runs/{run_id}/steps/{step_key}/slots/{slot_name}/reveal", {
    params: { path: { run_id: "r", step_key: "s", slot_name: "n" } }, body: { reason: "why" },
  });
  assert.deepEqual(sent, [null]);
  sent.length = 0;
  await api.POST("/runs", { body: { procedure_id: demo } });
  assert.equal(sent.length, 3);
});
