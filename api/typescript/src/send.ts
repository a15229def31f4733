import { hold } from "./hold.js";
import { ReadResponse } from "./json.js";

/** Sends a request; the global `fetch` is one. */
export type Fetch = (request: Request) => Promise<Response>;

/** Carries an error out of a Fetch that another attempt would not mend. */
export class Final {
  constructor(readonly reason: unknown) {}
}

/**
 * Sends a copy of a request once and reads the response. It ends when the request is aborted or the time is over,
 * whatever `fetch` does. Without a timeout, it returns the response as soon as that begins, and only the abort ends it.
 */
export async function send(fetch: Fetch, request: Request, timeout: number | undefined): Promise<Response> {
  request.signal.throwIfAborted();
  const isWhole = timeout !== undefined;
  const end = new End(request.signal, timeout);
  const attempt = new Request(request.clone(), { signal: end.signal });
  const answer = () => (isWhole ? fetch(attempt).then(readWhole) : fetch(attempt));
  try {
    return hold([request, attempt], await Promise.race([answer(), end.reached]));
  } finally {
    if (isWhole) {
      end.release();
    }
  }
}

/** The end of an attempt: the abort of a signal, or a timeout. AbortSignal.any would hold the timeout only weakly. */
class End {
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  readonly reached: Promise<never>;
  readonly release: () => void;

  constructor(source: AbortSignal, timeout: number | undefined) {
    const abort = () => this.#controller.abort(source.reason);
    const expire = () => this.#controller.abort(new DOMException(`No response within ${timeout} ms.`, "TimeoutError"));
    const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
    source.addEventListener("abort", abort, { once: true });
    this.reached = new Promise((_, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason), { once: true });
    });
    this.release = () => {
      clearTimeout(timer);
      source.removeEventListener("abort", abort);
    };
  }
}

/** Returns a response with the same content, which has arrived completely. */
async function readWhole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer();
  const headers = new Headers(response.headers);
  headers.set("Content-Length", String(body.byteLength)); // makes openapi-fetch call json()
  const { status, statusText } = response;
  return new ReadResponse(body.byteLength > 0 ? body : null, { status, statusText, headers });
}
