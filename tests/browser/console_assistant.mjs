// An assistant walks the demo with its tools, and a person confirms each step in the console.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { close, server, withPage } from "./browser.mjs";
import { api } from "./pages.mjs";

let messages = 0;

// rpc sends a message of the protocol, and returns the answer.
async function rpc(method, params) {
  const headers = { "Content-Type": "application/json", Accept: "application/json, text/event-stream", "X-Actor": "claire", "Accept-Language": "en" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: ++messages, method, params });
  return (await fetch(`${server}/mcp`, { method: "POST", headers, body })).json();
}

// call calls a tool. Nothing that an assistant reads holds the value that the person types.
async function call(name, args) {
  const answer = await rpc("tools/call", { name, arguments: args });
  assert.ok(!JSON.stringify(answer).includes(iban), "an assistant has read a sensitive value");
  assert.ok(answer.result, JSON.stringify(answer));
  return answer.result;
}

const iban = "FR7630006000011234567890189";
const answers = JSON.parse(readFileSync(new URL("../../docs/procedures/demo-answers.json", import.meta.url), "utf8"));
const sensitive = "affected_iban";

// confirm commits the step. The service refuses to commit a draft that the page does not show yet.
async function confirm(page, step) {
  for (let i = 0; i < 5; i++) {
    const answered = page.waitForResponse((r) => r.url().endsWith(`/steps/${step}/commit`));
    await page.getByRole("button", { name: "Complete step" }).click();
    const status = (await answered).status();
    if (status === 200) return;
    assert.equal(status, 412, step);
  }
  assert.fail(`${step} is not committed`);
}

await withPage({ refused: ["412"] }, async (page) => {
  const id = (await call("start_run", { procedure_id: "incident-paiement-instantane" })).structuredContent.run.id;
  for (const answer of answers.filter((a) => !a.refused)) {
    const read = (await call("get_run", { run_id: id })).structuredContent;
    assert.equal(read.next.step, answer.step);
    const { [sensitive]: secret, ...slots } = answer.slots;
    const proposal = { run_id: id, step: answer.step, revision: read.run.revision, slots, checklist: answer.checklist ?? [] };
    if (secret) {
      const refused = await call("save_draft", { ...proposal, slots: { ...slots, [sensitive]: "not for you" } });
      assert.equal(refused.structuredContent.problem.code, "assistant.sensitive");
    }
    const asked = (await call("request_commit", proposal)).structuredContent;
    assert.equal(asked.confirm.at, `${server}/ui/runs/${id}`);
    assert.match((await rpc("tools/call", { name: "commit_step", arguments: proposal })).error.message, /unknown tool/);

    // The person who follows the run sees the values arrive; one who comes later follows the address.
    if (!page.url().startsWith(asked.confirm.at)) await page.goto(asked.confirm.at);
    const title = read.next.title;
    await page.getByRole("heading", { level: 2, name: title }).first().waitFor();
    await page.getByText("by an assistant").first().waitFor();
    if (secret) await page.getByLabel("IBAN").first().fill(iban);
    const before = (await api("GET", `/runs/${id}`)).steps.find((s) => s.key === answer.step);
    assert.equal(before.state, "open", "only the person commits");
    await confirm(page, answer.step);
    const after = (await api("GET", `/runs/${id}`)).steps.find((s) => s.key === answer.step);
    if (after.state === "committed") { // else the run has come back to it, or leads to it again
      for (const name of Object.keys(slots)) assert.equal(after.origins[name], "agent", `${name} stays the assistant's`);
    }
  }
  await page.getByText("The run is completed.").first().waitFor();
  const end = (await call("explain_run", { run_id: id })).structuredContent;
  assert.equal(end.step, null);
  assert.ok(end.exceptions.some((e) => e.kind === "not_by_hand"), "a reviewer sees what an assistant gave");
  const stored = await api("GET", `/runs/${id}`);
  assert.equal(stored.state, "completed");
  assert.deepEqual(stored.steps.find((s) => s.key === "diagnosis").sensitive, []);
});
await close();
