// Responses that are not those of the service: what proxies answer, and what goes wrong on the way.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient, ResponseError, unwrap } from "../src/index.js";

/** Returns a client whose requests get one response after the other, and the list of the requests. */
function answering(...responses: (() => Response)[]) {
  const sent: Request[] = [];
  const fetch = async (request: Request) => {
    sent.push(request);
    return responses[Math.min(sent.length, responses.length) - 1]!();
  };
  return { api: createClient({ baseUrl: "http://localhost", actor: "claire", fetch }), sent };
}

const runs = () => Response.json({ items: [] });

test("a Retry-After that is a date is compared with the time of the response", async () => {
  const headers = { "Date": "Mon, 23 Nov 2020 09:30:59 GMT", "Retry-After": "Mon, 23 Nov 2020 09:31:00 GMT" };
  const { api, sent } = answering(() => new Response(null, { status: 429, headers }), runs);
  const began = performance.now();
  assert.deepEqual((await api.GET("/runs")).data, { items: [] });
  assert.ok(performance.now() - began >= 1000);
  assert.equal(sent.length, 2);
});

test("a Retry-After that is a distant date is not waited for", async () => {
  const headers = { "Retry-After": new Date(Date.now() + 600_000).toUTCString() };
  const { api, sent } = answering(() => new Response(null, { status: 503, headers }), runs);
  assert.equal((await api.GET("/runs")).response.status, 503);
  assert.equal(sent.length, 1);
});

const page = () => new Response("<html>Sign in</html>", { headers: { "Content-Type": "text/html" } });

test("a page in place of data is a ResponseError with the page", async () => {
  const { api, sent } = answering(page);
  const calls = [
    api.GET("/runs"), unwrap(api.POST("/runs", { body: { procedure_id: "p" } })), api.items("/runs").next(),
  ];
  for (const result of await Promise.allSettled(calls)) {
    assert.ok(result.status === "rejected" && result.reason instanceof ResponseError, JSON.stringify(result));
    assert.equal(result.reason.response.status, 200);
    assert.equal(await result.reason.response.text(), "<html>Sign in</html>");
  }
  assert.equal(sent.length, 3);
});

test("a page in place of an event stream is a ResponseError", async () => {
  const { api, sent } = answering(page);
  await assert.rejects(api.follow("r", { signal: AbortSignal.timeout(5_000) }).next(), ResponseError);
  assert.equal(sent.length, 1);
});

test("an error of the function that returns the token is thrown at once, and nothing is sent", async () => {
  const failure = new Error("no session");
  let asked = 0;
  const token = () => {
    asked++;
    throw failure;
  };
  const api = createClient({ baseUrl: "http://localhost", token, fetch: async () => assert.fail("sent") });
  await assert.rejects(api.GET("/runs"), failure);
  await assert.rejects(api.follow("r", { signal: AbortSignal.timeout(5_000) }).next(), failure);
  assert.equal(asked, 2);
});

test("a POST has a key of its own where crypto.randomUUID does not exist, as in pages over plain HTTP", async (t) => {
  t.after(() => Reflect.deleteProperty(crypto, "randomUUID")); // the method of the prototype remains
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const { api, sent } = answering(() => Response.json({}));
  await api.POST("/runs", { body: { procedure_id: "p" } });
  await api.POST("/runs", { body: { procedure_id: "p" } });
  const keys = sent.map(({ headers }) => headers.get("Idempotency-Key"));
  assert.match(keys[0] ?? "", /^[0-9a-f]{36}$/);
  assert.match(keys[1] ?? "", /^[0-9a-f]{36}$/);
  assert.notEqual(keys[0], keys[1]);
});

test("an event stream is returned as it arrives, or refused where it would be read to its end", async () => {
  const endless = () => new Response(new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(": hello\n\n")),
  }), { headers: { "Content-Type": "text/event-stream" } });
  const { api, sent } = answering(endless);
  const params = { path: { run_id: "r" } };
  const signal = AbortSignal.timeout(5_000);
  const { data } = await api.GET("/runs/{run_id}/events/stream", { params, parseAs: "stream", signal });
  const { value } = await (data as ReadableStream<Uint8Array>).getReader().read();
  assert.equal(new TextDecoder().decode(value), ": hello\n\n");
  await assert.rejects(api.GET("/runs/{run_id}/events/stream", { params, signal }), TypeError);
  assert.equal(sent.length, 1);
});
