// Opens pages of a server in headless Chromium, and collects what a page must not do.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const server = process.env.PROCEDO_URL;

const browser = await chromium.connect(process.env.PROCEDO_TEST_BROWSER, { timeout: 120_000 });

// close ends the connection to the browser, which the scripts share. The profiles of the script are removed with it.
export const close = () => browser.close();

// withPage calls test with a page in a new browser profile. It then fails if there were errors on the console,
// violations of the content security policy, or requests to another origin.
export async function withPage(options, test) {
  const findings = [];
  const context = await browser.newContext({ locale: "en-US", ...options });
  context.setDefaultTimeout(120_000); // on a busy machine
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(server).origin) findings.push(`request to ${request.url()}`);
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") findings.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => findings.push(`uncaught: ${error}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await test(page);
  await context.close();
  assert.deepEqual(findings, []);
}
