// Walks the demo, reads everything, and sends what must be refused, all through Prism as a validating proxy in front of
// a server. Prism compares each request and each response with openapi.yaml. It must find nothing but what refusals.json
// says is forbidden there. Usage: node contract.mjs SERVER
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const here = new URL(".", import.meta.url);
const readJSON = (file) => JSON.parse(readFileSync(new URL(file, here), "utf8"));
const demo = "incident-paiement-instantane";
const faults = [];

/** Returns a free port. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts Prism in front of a server and returns its address. */
async function startPrism(server) {
  const port = await freePort();
  const prism = spawn(
    process.execPath,
    ["node_modules/@stoplight/prism-cli/dist/index.js", "proxy", "../../openapi.yaml", server,
      "--host", "127.0.0.1", "--port", String(port)],
    { cwd: here, stdio: ["ignore", "pipe", "inherit"] },
  );
  process.on("exit", () => prism.kill());
  for await (const line of createInterface({ input: prism.stdout })) {
    if (line.includes("Prism is listening")) {
      prism.stdout.resume();
      return { url: `http://127.0.0.1:${port}`, stop: () => prism.kill() };
    }
  }
  throw new Error("Prism did not start.");
}

/** Sends a request through the proxy and records what Prism finds. Returns the response and its text. */
async function send(proxy, { method, path, body, headers = {}, forbidden = false }) {
  const sent = { "X-Actor": "claire", Accept: "application/json", ...headers };
  if (body !== undefined) {
    sent["Content-Type"] = "application/json";
  }
  const response = await fetch(proxy + path, { method, headers: sent, body: body && JSON.stringify(body) });
  const found = JSON.parse(response.headers.get("sl-violations") ?? "[]").filter((v) => v.severity === "Error");
  const inRequest = found.filter((v) => v.location[0] === "request");
  for (const violation of forbidden ? found.filter((v) => !inRequest.includes(v)) : found) {
    faults.push(`${method} ${path}: ${response.status}: ${violation.location.join(".")}: ${violation.message}`);
  }
  if (forbidden && inRequest.length === 0) {
    faults.push(`${method} ${path}: the contract allows this request, but refusals.json says that it is forbidden`);
  }
  return { response, text: await response.text() };
}

/** Sends a request that must succeed, and returns the parsed response. */
async function succeed(proxy, request) {
  const { response, text } = await send(proxy, request);
  if (!response.ok) {
    faults.push(`${request.method} ${request.path}: ${response.status}: ${text}`);
    return {};
  }
  return response.headers.get("Content-Type").includes("json") ? JSON.parse(text) : text;
}

/** Sends a request that must be refused as it says. */
async function refuse(proxy, request) {
  const { response, text } = await send(proxy, request);
  const code = response.headers.get("Content-Type")?.includes("problem+json") ? JSON.parse(text).code : text;
  if (response.status !== request.status || code !== request.code) {
    faults.push(`${request.why}: ${response.status} ${code} instead of ${request.status} ${request.code}`);
  }
}

const { url: proxy, stop } = await startPrism(process.argv[2]);
const start = { method: "POST", path: "/runs", body: { procedure_id: demo } };
const numbers = { Prefer: "numbers=string" };

const fresh = await succeed(proxy, start);
for (const refusal of readJSON("refusals.json")) {
  await refuse(proxy, { ...refusal, path: refusal.path.replace("{run}", fresh.id) });
}
await succeed(proxy, { method: "POST", path: `/runs/${fresh.id}/fail`, body: { reason: "A test" } });

let run = await succeed(proxy, start);
for (const { step, refused, ...body } of readJSON("../../docs/procedures/demo-answers.json")) {
  const at = `/runs/${run.id}/steps/${step}`;
  await succeed(proxy, { method: "GET", path: at });
  await succeed(proxy, { method: "POST", path: `${at}/check`, body });
  if (refused) {
    await refuse(proxy, {
      why: "a commit of the demo", method: "POST", path: `${at}/commit`, body, status: 422, code: "values.invalid",
    });
    continue;
  }
  await succeed(proxy, { method: "PATCH", path: at, body });
  run = await succeed(proxy, { method: "POST", path: `${at}/commit`, body });
}
await succeed(proxy, {
  method: "POST", path: `/runs/${run.id}/steps/remediation/amend`,
  body: { slots: { done_at: "10:15:00" }, reason: "Read from the wrong log" },
});

const definition = { name: "P", steps: [{ key: "s", title: "S", slots: [{ name: "n", type: "number", min: 1 }] }] };
const made = await succeed(proxy, { method: "POST", path: "/procedures", body: definition });
const { response } = await send(proxy, { method: "GET", path: `/procedures/${made.id}` });
await succeed(proxy, {
  method: "PUT", path: `/procedures/${made.id}`, body: { ...definition, name: "Q" },
  headers: { "If-Match": response.headers.get("ETag") },
});
await succeed(proxy, { method: "POST", path: "/procedures/lint", body: definition });
await succeed(proxy, { method: "POST", path: "/procedures/simulate", body: { definition } });
await succeed(proxy, { method: "POST", path: `/procedures/${made.id}/archive` });
await succeed(proxy, { method: "POST", path: `/procedures/${made.id}/unarchive` });
for (const path of [
  "/procedures", `/procedures/${demo}`, `/procedures/${demo}/versions`, `/procedures/${demo}/versions/1`,
  `/procedures/${demo}/versions/1/graph`, "/runs?limit=1", "/runs?state=pending&state=completed", `/runs/${run.id}`,
  `/runs/${run.id}?at=3`, `/runs/${run.id}/events`, `/runs/${run.id}/exceptions`, `/runs/${run.id}/verification`,
  `/runs/${run.id}/bundle`, "/audit-events", "/livez", "/readyz",
]) {
  await succeed(proxy, { method: "GET", path });
  await succeed(proxy, { method: "GET", path, headers: numbers });
}

stop();
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log("Prism found nothing but the refusals that refusals.json lists.");
