// The API reference: requests are sent from it to this server, and numbers keep their digits.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { execute, expand } from "./reference.mjs";

const digits = "12345678901234567890";
const fraction = "0.12345678901234567890123";
const definition = `{
  "id": "long-numbers", "name": "Long numbers", "language": "en",
  "steps": [{"key": "s", "title": "S", "slots": [
    {"name": "n", "type": "integer", "min": ${digits}},
    {"name": "x", "type": "number", "min": ${fraction}}
  ]}]
}`;

await withPage({}, async (page) => {
  await page.goto(server + "/");
  assert.equal(new URL(page.url()).pathname, "/docs/", "a browser is sent to the reference");

  const list = await expand(page, "listProcedures");
  const contract = await (await fetch(server + "/openapi.json")).json();
  const described = [...Object.values(contract.paths), ...Object.values(contract.webhooks)];
  const operations = described.flatMap((path) => Object.values(path)).filter((o) => o.operationId);
  assert.equal(await page.locator(".opblock").count(), operations.length, "every operation is shown");
  await list.getByRole("button", { name: "Try it out" }).click();
  await list.locator('tr[data-param-name="X-Actor"] input').fill("marie");
  const listed = await execute(page, list);
  assert.equal(listed.status, "200");
  const sent = new URL(listed.request.url());
  assert.equal(sent.origin + sent.pathname, `${server}/procedures`);
  assert.deepEqual([...sent.searchParams.keys()], ["limit"], "defaults are sent, but no examples of optional parameters");
  assert.equal(listed.request.headers()["x-actor"], "marie");
  assert.match(listed.body, /"items": \[\n/, "the JSON is indented");

  const create = await expand(page, "createProcedure");
  await create.getByRole("button", { name: "Try it out" }).click();
  assert.equal(await create.locator('tr[data-param-name="X-Actor"] input').inputValue(), "marie");
  await create.locator("textarea").first().fill(definition);
  const created = await execute(page, create);
  assert.equal(created.status, "201");
  assert.equal(created.request.headers()["x-actor"], "marie");
  assert.equal(created.request.headers()["idempotency-key"], undefined);
  for (const number of [digits, fraction]) {
    assert.ok(created.request.postData().includes(`"min": ${number}}`), `${number} is sent with all digits`);
    assert.ok(created.body.includes(`"min": ${number}`), `${number} is shown with all digits:\n${created.body}`);
  }

  for (const id of ["listRuns", "getMetrics", "listProblemTypes"]) {
    const operation = await expand(page, id);
    await operation.getByRole("button", { name: "Try it out" }).click();
    assert.equal((await execute(page, operation)).status, "200", `${id} is answered as it stands`);
  }

  await page.reload();
  const start = await expand(page, "startRun");
  await start.getByRole("button", { name: "Try it out" }).click();
  assert.equal(await start.locator('tr[data-param-name="X-Actor"] input').inputValue(), "marie", "kept by the page");
  await start.locator("textarea").first().fill('{"procedure_id": "long-numbers", "reference": "from the page"}');
  assert.equal((await execute(page, start)).status, "201");
});

await withPage({ locale: "fr-CH" }, async (page) => {
  await page.goto(server + "/docs/");
  assert.match(await page.title(), /référence de l’API/);
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  assert.match(await page.locator("header").innerText(), /Schémas JSON/);
  await page.locator(".opblock").first().waitFor();
  await page.getByRole("link", { name: "Problèmes" }).first().click();
  assert.equal(new URL(page.url()).pathname, "/problems/");
});

await close();
