// Uses the API reference as a reader does.
import { server } from "./browser.mjs";

// expand opens an operation of the reference and returns its part of the page.
export async function expand(page, id) {
  const operation = page.locator(`.opblock[id$="-${id}"]`);
  if (!(await operation.getAttribute("class")).includes("is-open")) {
    await operation.locator(".opblock-summary-control").click();
  }
  await operation.locator(".opblock-body").waitFor();
  return operation;
}

// execute sends the request of an operation and returns the request, with the status and the text that are shown.
export async function execute(page, operation) {
  const sent = page.waitForRequest((r) => r.url().startsWith(server) && !r.url().includes("/docs/"));
  await operation.getByRole("button", { name: "Execute" }).click();
  const request = await sent;
  const live = operation.locator(".live-responses-table");
  await live.locator(".response-col_description .highlight-code").waitFor();
  return {
    request,
    status: (await live.locator(".response-col_status").last().innerText()).trim().split(/\s/)[0],
    body: await live.locator(".response-col_description .highlight-code").first().innerText(),
  };
}
