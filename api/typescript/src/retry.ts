import { isProblem } from "./problem.js";
import { Final, type Fetch, send } from "./send.js";

/** When and how often a request is repeated. */
export interface RetryOptions {
  /** How often a request is repeated at most; 4 if omitted. 0 sends each request once. */
  limit?: number;
  /** The longest pause before a repeat, in milliseconds; 10,000 if omitted. A longer Retry-After is not waited for. */
  maxPause?: number;
  /** How long to wait for a response, in milliseconds; 30,000 if omitted. */
  timeout?: number;
}

/** What is known of requests besides their content. */
export interface Known {
  /** POSTs without an Idempotency-Key that store nothing. */
  effectless: WeakSet<Request>;
  /** Requests whose responses are returned as they arrive, since they are large or do not end. */
  streamed: WeakSet<Request>;
}

/**
 * Returns a function like `fetch` that reads the response, and repeats a request that the service did not carry out or
 * whose response was lost. It repeats only what has the same effect when it is carried out twice.
 */
export function retrying(fetch: Fetch, options: RetryOptions, known: Known): Fetch {
  const { limit = 4, maxPause = 10_000, timeout = 30_000 } = options;
  return async (request) => {
    const repeatable = isRepeatable(request) || known.effectless.has(request);
    for (let attempt = 0; ; attempt++) {
      let pause = Math.min(250 * 2 ** attempt * (0.5 + Math.random()), maxPause);
      try {
        const response = await send(fetch, request, known.streamed.has(request) ? undefined : timeout);
        const isLast = attempt >= limit || !(await isTemporary(response, repeatable));
        const asked = retryAfter(response);
        if (isLast || asked > maxPause) {
          return response;
        }
        pause = Math.max(asked, pause);
      } catch (error) {
        if (error instanceof Final) {
          throw error.reason;
        }
        if (request.signal.aborted || !repeatable || attempt >= limit) {
          throw error;
        }
      }
      await sleep(pause, request.signal);
    }
  };
}

/** Reports whether a request has the same effect when it is carried out twice. */
function isRepeatable(request: Request): boolean {
  switch (request.method) {
    case "POST":
      return request.headers.has("Idempotency-Key");
    case "PUT": // a repeat with If-Match is refused as stale if the first was carried out
      return !request.headers.has("If-Match");
    case "PATCH": // the same draft changes nothing; after another change, the ETag of one revision does not match
      return /^("[^"]*")?$/.test(request.headers.get("If-Match") ?? "");
    default:
      return true;
  }
}

/** Reports whether a response says that a later repeat can succeed. */
async function isTemporary(response: Response, repeatable: boolean): Promise<boolean> {
  switch (response.status) {
    case 429: // not carried out
      return true;
    case 502:
    case 503:
    case 504:
      return repeatable;
    case 409: { // the first request with this Idempotency-Key is still running
      const body: unknown = await response.clone().json().catch(() => undefined);
      return repeatable && isProblem(body) && body.code === "idempotency.in_progress";
    }
    default:
      return false;
  }
}

/**
 * Returns the pause that a response asks for, in milliseconds, or 0. Proxies often name the time of the repeat instead.
 * It is compared with the time of the response, because the clock of this machine may be wrong.
 */
function retryAfter({ headers }: Response): number {
  const after = headers.get("Retry-After") ?? "0";
  const seconds = Number(after);
  if (!Number.isNaN(seconds)) {
    return Math.max(seconds * 1000, 0);
  }
  const now = Date.parse(headers.get("Date") ?? "");
  const pause = Date.parse(after) - (Number.isNaN(now) ? Date.now() : now);
  return Number.isNaN(pause) ? 0 : Math.max(pause, 0);
}

/** Waits, and throws if the signal is aborted before. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener("abort", abort, { once: true });
  });
}
