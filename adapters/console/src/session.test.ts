import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { json, problem, serve, type Sent } from "./testing";

const person = (name: string) => ({ actor: `op:${name}`, via: "oidc", name: `Person ${name}`, roles: [], permissions: [], groups: [] });

let signedIn: string | null; // whose session the browser sends
let sent: Sent[];
let session: typeof import("./session.svelte").session;

const writes = () => sent.filter(({ method }) => method === "PATCH");
const save = () => session.client.PATCH("/runs/{run_id}/steps/{step_key}", {
  params: { path: { run_id: "r", step_key: "s" } }, body: { slots: { note: "typed by Ann" } },
});

beforeEach(async () => {
  signedIn = "ann";
  sent = serve(({ path, headers }) => {
    if (signedIn === null) {
      return problem(401, "token.missing");
    }
    const expected = headers.get("X-Expected-Actor");
    if (expected !== null && expected !== `op:${signedIn}`) {
      return problem(403, "access.other_actor", { actor: `op:${signedIn}` });
    }
    return json(path.endsWith("/me") ? person(signedIn) : { links: {} });
  });
  vi.resetModules();
  ({ session } = await import("./session.svelte"));
  await session.load();
});
afterEach(() => vi.unstubAllGlobals());

test("a write names the person for whom it is made, who is asked for first", async () => {
  await save();
  expect(writes().map(({ headers }) => headers.get("X-Expected-Actor"))).toEqual(["op:ann"]);
});

test("a write for somebody who is not known is not sent", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(problem(500, "service.internal")));
  await expect(save()).rejects.toThrow();
});

test("a page stops when the service says that somebody else is signed in", async () => {
  await session.identify();
  signedIn = "bob";
  expect((await save()).error).toMatchObject({ code: "access.other_actor" });
  expect(session.other).toContain("bob");
  await session.identify();
  const before = sent.length;
  expect((await save()).error).toMatchObject({ code: "access.other_actor", detail: expect.stringContaining("Person bob") });
  expect(sent.length).toBe(before); // the page does not even ask
  expect(session.name).toBe("Person ann");
});

test("a page whose session has ended goes on only for the same person", async () => {
  await session.identify();
  signedIn = null;
  await save();
  expect(session.signedOut).toBe(true);
  signedIn = "bob";
  await session.identify();
  expect([session.signedOut, session.other, session.me?.actor]).toEqual([false, "Person bob", "op:ann"]);
  signedIn = "ann";
  await session.identify();
  expect(session.other).toBeNull();
  expect((await save()).data).toBeDefined();
});

test.each(["focus", "visibilitychange", "another tab"])("a page asks who the person is at %s", async (event) => {
  const end = session.watch();
  await session.identify();
  signedIn = "bob";
  const { serviceRoot } = await import("./api/client");
  const tab = new BroadcastChannel(`procedo ${serviceRoot.pathname}`);
  if (event === "focus") {
    dispatchEvent(new Event("focus"));
  } else if (event === "visibilitychange") {
    document.dispatchEvent(new Event("visibilitychange"));
  } else {
    tab.postMessage("op:bob");
  }
  await vi.waitFor(() => expect(session.other).toBe("Person bob"));
  tab.close();
  end();
});

test("two tabs with different names do not ask each other for ever", async () => {
  const heard: string[] = [];
  const end = session.watch();
  await session.identify();
  const { serviceRoot } = await import("./api/client");
  const tab = new BroadcastChannel(`procedo ${serviceRoot.pathname}`);
  tab.onmessage = ({ data }) => heard.push(String(data));
  tab.postMessage("op:zoe");
  await new Promise((done) => setTimeout(done, 100));
  expect(heard).toEqual([]);
  tab.close();
  end();
});

test("a person who enters another name goes on under it", async () => {
  signedIn = "ann";
  vi.stubGlobal("fetch", async (request: Request) => {
    const actor = request.headers.get("X-Actor") ?? "anonymous";
    sent.push({ method: request.method, path: request.url, headers: request.headers, body: {} });
    return json(request.url.endsWith("/me") ? { ...person("x"), actor, via: "none", name: undefined } : { links: {} });
  });
  await session.identify();
  session.set({ actor: "Zoë" });
  await save();
  await session.identify();
  const bytes = (text: string | null) => new TextDecoder().decode(Uint8Array.from(text ?? "", (c) => c.charCodeAt(0)));
  expect(session.other).toBeNull();
  expect(writes().map(({ headers }) => headers.get("X-Expected-Actor"))).toHaveLength(1);
  expect(bytes(writes()[0]?.headers.get("X-Actor") ?? null)).toBe("Zoë");
});

test.each([
  ["", true], ["Zoë", true], ["é".repeat(127), true], ["é".repeat(128), false], ["x".repeat(256), false], ["a\tb", false],
  ["a\u2028b", false], ["\u200b\u200b", false],
])("a name is one line of at most 255 bytes: %j", async (name, expected) => {
  const { isName } = await import("./session.svelte");
  expect(isName(name)).toBe(expected);
});

test.each([["request.line", false], ["request.unexpected_header", true]])("a refused name is dropped: %s", async (code, authenticates) => {
  vi.stubGlobal("fetch", async (request: Request) => {
    const body = await problem(400, "request.invalid").json() as object;
    return request.headers.has("X-Actor") ? json({ ...body, issues: [{ field: "header.X-Actor", code, params: {}, message: "" }] }, 400)
      : json(request.url.endsWith("/me") ? { ...person("x"), actor: "anonymous", via: "none" } : { links: {} });
  });
  session.set({ actor: "x".repeat(300) });
  await session.identify();
  expect([session.actor, session.authenticates, session.me?.actor]).toEqual(["", authenticates, "anonymous"]);
});

test.each([undefined, 503, 401])("signing out says whether it worked: %s", async (status) => {
  vi.stubGlobal("fetch", async () => {
    if (status === undefined) {
      throw new TypeError("no answer");
    }
    return problem(status, "service.unavailable");
  });
  const { signOut } = await import("./api/client");
  expect(await signOut()).toBe(false);
});

test("a dialog says that the person must sign in, and not how programs do", async () => {
  const { reasonOf } = await import("./run/run.svelte");
  const refused = await problem(401, "token.missing").json();
  expect(reasonOf(refused)).toBe(session.texts.signIn.notYet);
  const stale = await problem(412, "run.stale").json();
  expect(reasonOf(stale)).toBe("run.stale in words");
});
