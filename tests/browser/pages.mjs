// What the scripts of the console share: runs to look at, forms to fill, and the checks of every page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { server } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const guidelines = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export const demo = "incident-paiement-instantane";

// api sends a request to the service and returns the body. The actor is recorded.
export async function api(method, path, body, actor = "claire") {
  const headers = { "Content-Type": "application/json", "Accept-Language": "en", "X-Actor": actor };
  const response = await fetch(server + path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

export const start = async (reference, procedure = demo) =>
  (await api("POST", "/runs", { procedure_id: procedure, reference })).id;

// publish makes another version of the demo. Exact numbers are strings of their digits.
export async function publish(change) {
  const response = await fetch(`${server}/procedures/${demo}`, { headers: { Prefer: "numbers=string" } });
  const procedure = await response.json();
  change(procedure);
  const headers = { "Content-Type": "application/json", Prefer: "numbers=string", "If-Match": response.headers.get("ETag") };
  for (const name of ["version", "status", "digest", "created_at", "created_by", "warnings"]) delete procedure[name];
  const published = await fetch(`${server}/procedures/${demo}`, { method: "PUT", headers, body: JSON.stringify(procedure) });
  assert.equal(published.status, 200, await published.text());
}

export const alert = {
  slots: { incident_id: "INC-450123", detected_at: "2026-11-23T09:30:00+01:00", severity: "high" },
  checklist: [{ key: "acknowledged", completed: true }, { key: "on_call_informed", completed: true }],
};

const answers = JSON.parse(readFileSync(new URL("../../docs/procedures/demo-answers.json", import.meta.url), "utf8"));

// finish brings a run of the demo to its end, with a severity. A critical one also needs the crisis team.
export async function finish(reference, severity) {
  const run = await start(reference);
  for (const { step, slots, checklist, refused } of answers) {
    if (refused) continue;
    const given = step === "alert" ? { ...slots, severity } : slots;
    await api("POST", `/runs/${run}/steps/${step}/commit`, { slots: given, checklist: checklist ?? [] });
    if (step === "alert" && severity === "critical") {
      await api("POST", `/runs/${run}/steps/crisis/commit`, { slots: { lead: "Claire" }, checklist: [{ key: "management_informed", completed: true }] });
    }
  }
  assert.equal((await api("GET", `/runs/${run}`)).state, "completed");
  return run;
}

// actions returns what happened in a run.
export const actions = async (run) => (await api("GET", `/runs/${run}/events?limit=200`)).items.map((event) => event.action);

// slots returns the values that a step of a run holds.
export const slots = async (run, step) => (await api("GET", `/runs/${run}`)).steps.find((one) => one.key === step).slots;

// until waits for something that happens in the service, not in the page.
export async function until(what, check) {
  const end = Date.now() + 60_000;
  for (;;) {
    if (await check()) return;
    assert.ok(Date.now() < end, `not within a minute: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

// accessible fails if axe finds something on the page. Policies do not hold for what a test evaluates.
export async function accessible(page, what) {
  // The trail scrolls, and does not lay out what is out of sight: axe takes what is cut there for small buttons.
  await page.evaluate(() => {
    document.querySelectorAll(".trail, .events").forEach((list) => (list.style.maxHeight = "none"));
    document.querySelectorAll(".events li").forEach((event) => (event.style.contentVisibility = "visible"));
  });
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), guidelines);
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join("; ")}`);
  assert.deepEqual(found, [], `${what} at ${page.url()}`);
}

// fits fails if the page is wider than the window.
export async function fits(page, what) {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(inner <= outer, `${what}: ${inner} > ${outer} at ${page.url()}`);
}
