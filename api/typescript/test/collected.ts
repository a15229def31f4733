// Runs in a process of its own, with the garbage collector exposed: waits for responses that never end, while all is
// collected that nothing refers to, and exits with 0 if timeouts and signals end the waits nevertheless.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createClient } from "../src/index.js";

/** Starts a server whose responses begin and do not end, except one that never begins. */
async function serveForever() {
  const open = new Set<string>(); // requests whose connections have not been closed
  let arrived = 0;
  const server = createServer((request, response) => {
    request.resume();
    const name = `${request.method} ${request.url} ${++arrived}`;
    open.add(name);
    response.on("close", () => open.delete(name));
    if (!request.url?.endsWith("/me")) {
      response.writeHead(200, { "Content-Type": "application/json" }).write('{"items":[');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, open };
}

/** Collects garbage a few times, each time after the tasks that were waiting. */
async function collect(gc: () => void): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    gc();
  }
}

/** What a request waits for, and how to end it if nothing else does. */
type Wait = { ended: Promise<unknown>; abort?: () => void };
type Client = ReturnType<typeof createClient>;
const params = { path: { run_id: "r", step_key: "s" } };
const waits: Record<string, { error: string; start: (quick: Client, slow: Client) => Promise<Wait> | Wait }> = {
  "a GET without a response, with a timeout": {
    error: "TimeoutError", start: (quick) => ({ ended: quick.GET("/me") }),
  },
  "a GET with half a response, with a timeout": {
    error: "TimeoutError", start: (quick) => ({ ended: quick.GET("/runs") }),
  },
  "a POST, with a timeout": {
    error: "TimeoutError",
    start: (quick) => ({ ended: quick.POST("/runs/{run_id}/steps/{step_key}/commit", { params, body: {} }) }),
  },
  "a GET without a response, with a signal": {
    error: "AbortError",
    start: (_, slow) => {
      const controller = new AbortController();
      return { ended: slow.GET("/me", { signal: controller.signal }), abort: () => controller.abort() };
    },
  },
  "a GET with half a response, with the signal of a timeout": {
    error: "TimeoutError", start: (_, slow) => ({ ended: slow.GET("/runs", { signal: AbortSignal.timeout(400) }) }),
  },
  "a bundle, with a signal": {
    error: "AbortError",
    start: async (_, slow) => {
      const controller = new AbortController();
      const { data } = await slow.GET("/runs/{run_id}/bundle", {
        params: { path: { run_id: "r" } }, parseAs: "stream", signal: controller.signal,
      });
      return { ended: new Response(data as ReadableStream).text(), abort: () => controller.abort() };
    },
  },
};

async function main(gc: () => void): Promise<void> {
  const { url, server, open } = await serveForever();
  const quick = createClient({ baseUrl: url, retry: { timeout: 300, limit: 1, maxPause: 1 } });
  const slow = createClient({ baseUrl: url });
  const waiting = new Set<string>();
  const late = setTimeout(() => {
    console.error(`still waiting: ${[...waiting].join("; ")}; still open: ${[...open].join("; ")}`);
    process.exit(1);
  }, 10_000);
  const started = await Promise.all(Object.entries(waits).map(async ([name, { error, start }]) => {
    waiting.add(name);
    const { ended, abort } = await start(quick, slow);
    return { abort, ended: assert.rejects(ended, { name: error }, name).then(() => waiting.delete(name)) };
  }));
  await collect(gc);
  started.forEach(({ abort }) => abort?.());
  await Promise.all(started.map(({ ended }) => ended));
  while (open.size > 0) { // the connections must end too, not only the promises
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  clearTimeout(late);
  server.closeAllConnections();
  server.close();
}

if (typeof globalThis.gc === "function") {
  const gc = globalThis.gc;
  await main(() => void gc());
}
