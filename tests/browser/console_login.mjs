// A person signs in at a real provider, works, signs out, and signs in again in another tab with a half-filled form.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { accessible, demo } from "./pages.mjs";

const issuer = process.env.PROCEDO_TEST_ISSUER;
const others = [issuer, "https://fonts.googleapis.com"]; // which the pages of the provider ask for

// logIn fills in the pages of the provider.
async function logIn(page, person) {
  await page.waitForURL((url) => url.origin === issuer);
  await page.locator('input[name="login"]').fill(person);
  await page.locator('input[name="password"]').fill("any");
  await page.locator('button[type="submit"]').click();
  await consent(page);
}

// consent confirms what the console may do.
async function consent(page) {
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL((url) => url.origin === server);
}

// signOut ends the session, also at the provider.
async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL((url) => url.origin === issuer);
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await page.waitForURL(`${server}/ui/`);
  await page.getByRole("link", { name: "Sign in" }).waitFor();
}

// noTokens fails if a page holds a token, or can read a cookie.
async function noTokens(page) {
  const held = await page.evaluate(() => JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie, document.documentElement.outerHTML, location.href,
  ]));
  assert.doesNotMatch(held, /eyJ[\w-]+\.|__Host-procedo/);
}

await withPage({ refused: ["401", "403", "net::ERR_ABORTED"], others }, async (page, context) => {
  // A name from before, when nobody was authenticated, does no harm.
  await page.goto(`${server}/ui/settings`);
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  assert.equal(await page.getByLabel("Your name").count(), 0);
  await page.evaluate(() => localStorage.setItem("procedo.actor", "somebody"));

  await page.goto(`${server}/ui/?whose=mine`);
  await accessible(page, "signed out");
  await page.getByRole("link", { name: "Sign in" }).click();
  await logIn(page, "ann");
  assert.equal(page.url(), `${server}/ui/?whose=mine`);
  await page.locator(".who", { hasText: "Person ann" }).waitFor();
  await page.getByText("No open run is for you.").waitFor();
  await accessible(page, "signed in");

  const cookies = (await context.cookies()).filter(({ name }) => name.startsWith("__Host-"));
  assert.deepEqual(cookies.map(({ value, ...others }) => others), [{
    name: "__Host-procedo", domain: "127.0.0.1", path: "/", expires: -1, httpOnly: true, secure: true, sameSite: "Lax",
  }]);
  await noTokens(page);

  // She works for longer than a token lives.
  const run = await page.evaluate(async (id) => {
    const response = await fetch("/runs", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ procedure_id: id, reference: "LOGIN" }),
    });
    return (await response.json()).id;
  }, demo);
  await page.goto(`${server}/ui/runs/${run}`);
  await page.locator("#slot-incident_id").fill("INC-450123");
  await page.locator("#slot-detected_at").waitFor();
  await page.waitForResponse((response) => response.request().method() === "PATCH" && response.ok());
  const events = await page.evaluate(async (id) => (await fetch(`/runs/${id}/events`)).json(), run);
  for (const event of events.items) {
    assert.equal(event.actor, "op:ann");
    assert.equal(event.payload.by.via, "oidc");
  }
  assert.ok(events.items.some((event) => event.action === "step.draft_saved"));

  // A session that ends while she types: what she has typed stays, and is saved after she has signed in again.
  const other = await context.newPage();
  await other.goto(`${server}/ui/settings`);
  await other.locator(".who", { hasText: "Person ann" }).waitFor();
  await signOut(other);
  await noTokens(other);
  assert.equal((await context.cookies()).filter(({ name }) => name.startsWith("__Host-")).length, 0);

  await page.bringToFront();
  await page.locator("#slot-incident_id").fill("INC-450999");
  const again = page.getByRole("link", { name: "Sign in again in a new tab" });
  await again.waitFor();
  assert.equal(await page.locator("#slot-incident_id").inputValue(), "INC-450999");
  await accessible(page, "a session that has ended");
  const [tab] = await Promise.all([context.waitForEvent("page"), again.click()]);
  await logIn(tab, "ann");
  assert.equal(tab.url(), `${server}/ui/runs/${run}`);
  await page.bringToFront();
  await again.waitFor({ state: "detached" });
  await page.getByRole("status").filter({ hasText: /^\s*Saved/ }).waitFor();
  await noTokens(page);
  const stored = await tab.evaluate(async (id) => (await fetch(`/runs/${id}/steps/alert`)).json(), run);
  assert.equal(stored.slots.find(({ name }) => name === "incident_id").value, "INC-450999");

  // Somebody else signs in in the other tab: what she types is not theirs. Her page says so, and asks for nothing more.
  await tab.bringToFront();
  await signOut(tab);
  await page.locator("#slot-incident_id").fill("INC-450777");
  await again.waitFor();
  await tab.getByRole("link", { name: "Sign in" }).click();
  await logIn(tab, "bob");
  await tab.locator(".who", { hasText: "Person bob" }).waitFor();
  const notice = page.getByRole("alert").filter({ hasText: "The session is now that of Person bob" });
  await notice.waitFor();
  await page.bringToFront();
  await page.locator("#slot-incident_id").fill("INC-450888");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("status").filter({ hasText: /^\s*Not saved/ }).waitFor();
  await accessible(page, "somebody else has signed in");
  const after = await tab.evaluate(async (id) => (await fetch(`/runs/${id}/events`)).json(), run);
  assert.deepEqual(after.items.filter((event) => event.actor !== "op:ann"), []);
  page.on("dialog", (dialog) => dialog.accept()); // she would lose what she has typed
  await notice.getByRole("button", { name: "Load the page again" }).click();
  await notice.waitFor({ state: "detached" });
  await page.locator(".who", { hasText: "Person bob" }).waitFor();

  // Another origin cannot use the session.
  const refused = await context.request.post(`${server}/auth/logout`, { headers: { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" } });
  assert.equal(refused.status(), 403);
  assert.equal((await refused.json()).code, "request.cross_site");
});

// In French, and refused by the provider.
await withPage({ locale: "fr-FR", refused: ["401", "403"], others }, async (page) => {
  await page.goto(`${server}/ui/procedures`);
  await page.getByRole("link", { name: "Se connecter" }).click();
  await page.waitForURL((url) => url.origin === issuer);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "Vous n’êtes pas connecté" }).waitFor();
  await accessible(page, "a refused sign-in");
  await page.getByRole("link", { name: "Se connecter à nouveau" }).click();
  await logIn(page, "bob");
  assert.equal(page.url(), `${server}/ui/procedures`);
  await page.locator(".who", { hasText: "Person bob" }).waitFor();
  await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
});

await close();
