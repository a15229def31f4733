// Opens pages of a server in headless Chromium, and collects what a page must not do.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const server = process.env.PROCEDO_URL;

const browser = await chromium.connect(process.env.PROCEDO_TEST_BROWSER, { timeout: 120_000 });

// close ends the connection to the browser, which the scripts share. The profiles of the script are removed with it.
export const close = () => browser.close();

// withPage calls test with a page in a new browser profile, and its context. It then fails if there were errors on the
// console, violations of the content security policy, or requests to another origin. A browser also reports each
// failed request on the console: those whose status or error is in refused are expected. What the pages of other servers
// do does not count.
export async function withPage({ refused = [], others = [], ...options }, test) {
  const findings = [];
  const expected = (text) => text.startsWith("Failed to load resource: ") && refused.some((word) => text.includes(` ${word}`));
  const context = await browser.newContext({ locale: "en-US", ...options });
  context.setDefaultTimeout(Number(process.env.PROCEDO_TEST_PATIENCE ?? 120_000)); // on a busy machine
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && ![new URL(server).origin, ...others].includes(origin)) findings.push(`request to ${request.url()}`);
  });
  context.on("console", (message) => {
    const foreign = others.some((other) => message.location().url.startsWith(other));
    if (message.type() === "error" && !expected(message.text()) && !foreign) findings.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => findings.push(`uncaught: ${error.error()}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await test(await context.newPage(), context);
  await context.close();
  assert.deepEqual(findings, []);
}
