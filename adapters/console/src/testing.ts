// A browser and a service for unit tests, which know only what the tests ask of them.
import { vi } from "vitest";

/** A request as the service has got it. */
export interface Sent {
  method: string;
  path: string;
  headers: Headers;
  body: Record<string, unknown>;
}

type Answer = Response | undefined; // nothing: the answer is lost

/** Returns an answer as the service writes it. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, {
    status, headers: { ...headers, "Content-Type": status < 300 ? "application/json" : "application/problem+json" },
  });

/** Returns a problem as the service words it. */
export const problem = (status: number, code: string, params: Record<string, unknown> = {}): Response =>
  json({ type: `/problems/${code}`, title: code, status, detail: `${code} in words`, instance: "/", code, params }, status);

/**
 * Puts a service in place of the network, and a browser without a page around the tests. It returns the requests that
 * the service has got. Import what is tested after this.
 */
export function serve(answer: (sent: Sent) => Answer | Promise<Answer>): Sent[] {
  const all: Sent[] = [];
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", Object.assign(new EventTarget(), {
    visibilityState: "visible", getElementById: () => null, querySelector: () => null,
  }));
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value),
  });
  const window = new EventTarget();
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("removeEventListener", window.removeEventListener.bind(window));
  vi.stubGlobal("dispatchEvent", window.dispatchEvent.bind(window));
  vi.stubGlobal("fetch", async (request: Request) => {
    const text = await request.text();
    const path = request.url.replace(/^.*?\/src(?=\/)|^.*?(?=\/(me|runs|procedures|auth)\b)/, "");
    const sent = { method: request.method, path, headers: request.headers, body: text === "" ? {} : JSON.parse(text) };
    all.push(sent);
    const given = await answer(sent);
    if (given === undefined) {
      throw new TypeError("the answer is lost");
    }
    return given;
  });
  return all;
}
