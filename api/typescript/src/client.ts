import createFetchClient, { type Client as FetchClient, type Middleware } from "openapi-fetch";

import { effectless, keyed } from "./operations.gen.js";
import { type Items, type Json, pages } from "./pages.js";
import { errorOf, type ProblemError, type ResponseError } from "./problem.js";
import { type Known, type RetryOptions, retrying } from "./retry.js";
import type { paths } from "./schema.gen.js";
import { Final, type Fetch } from "./send.js";
import { follow, type StreamOptions } from "./stream.js";
import type { Event } from "./index.js";

export interface ClientOptions {
  /** The address of the service, such as "http://127.0.0.1:8080". */
  baseUrl: string;
  /** Who acts: the X-Actor header of every request. */
  actor?: string;
  /**
   * A bearer token, for a service that authenticates its callers, or a function that returns one. The function is called
   * before each request, so that it can renew the token. If it fails, its error is thrown, and nothing is sent.
   */
  token?: string | (() => string | Promise<string>);
  /** The language of texts, such as "fr" or "fr-CH, en;q=0.5". */
  language?: string;
  /** Sends a request; the global `fetch` if omitted. */
  fetch?: Fetch;
  retry?: RetryOptions;
}

/**
 * A client of the service. `GET`, `POST`, `PUT` and `PATCH` take a path of the contract and return
 * `{data, error, response}`: for a refused request, `error` is the problem. They throw if there was no response, and a
 * ResponseError if a response with the status 200 is not JSON.
 */
export interface Client extends FetchClient<paths, Json> {
  /**
   * Returns the entries of a list, and reads further pages as they are needed. It throws a ProblemError if a page is
   * refused.
   */
  items: Items;
  /** Follows the events of a run: first the recorded ones, then new ones as they are recorded. */
  follow(runId: string, options?: StreamOptions): AsyncGenerator<Event, void, undefined>;
}

/** Returns a client that sets the headers which are the same for every request. */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, retry = {} } = options;
  const fetch = authorizing(options.fetch ?? ((request) => globalThis.fetch(request)), options.token);
  const headers: Record<string, string> = { Prefer: "numbers=string" };
  if (options.actor !== undefined) {
    headers["X-Actor"] = options.actor;
  }
  if (options.language !== undefined) {
    headers["Accept-Language"] = options.language;
  }
  const known: Known = { effectless: new WeakSet(), streamed: new WeakSet() };
  const client = createFetchClient<paths, Json>({
    baseUrl,
    headers,
    fetch: retrying(fetch, retry, known),
  });
  client.use(prepare(known));
  return Object.assign(client, {
    items: pages(client),
    follow: (runId: string, streamOptions: StreamOptions = {}) =>
      follow(`${baseUrl.replace(/\/$/, "")}/runs/${encodeURIComponent(runId)}/events/stream`, {
        headers, fetch, ...streamOptions,
      }),
  });
}

/** Returns a fetch that sends the token with each request. */
function authorizing(fetch: Fetch, token: ClientOptions["token"]): Fetch {
  if (token === undefined) {
    return fetch;
  }
  return async (request) => {
    try {
      request.headers.set("Authorization", `Bearer ${typeof token === "string" ? token : await token()}`);
    } catch (error) {
      throw new Final(error);
    }
    return fetch(request);
  };
}

/** Gives each POST that takes one an Idempotency-Key, unless the caller did, and notes what is known of the request. */
function prepare(known: Known): Middleware {
  return {
    onRequest({ request, schemaPath, options }) {
      if (options.parseAs === "stream" || schemaPath.endsWith("/bundle")) {
        known.streamed.add(request);
      } else if (schemaPath.endsWith("/events/stream")) {
        throw new TypeError('An event stream does not end: read it with follow, or with parseAs: "stream".');
      }
      if (request.method !== "POST") {
        return;
      }
      if (effectless.has(schemaPath)) {
        known.effectless.add(request);
      } else if (keyed.has(schemaPath) && !request.headers.has("Idempotency-Key")) {
        request.headers.set("Idempotency-Key", newKey());
      }
    },
  };
}

/** Returns a new Idempotency-Key. In pages over plain HTTP, crypto.randomUUID does not exist. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What `GET`, `POST`, `PUT` and `PATCH` return. */
interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * Returns the data of a response, or throws its problem as a ProblemError. A response that is neither, such as one of a
 * proxy, is thrown as a ResponseError.
 */
export async function unwrap<Data>(result: Promise<Result<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await result;
  if (data === undefined || data === null) {
    throw errorOf(error, response) satisfies ProblemError | ResponseError;
  }
  return data;
}
