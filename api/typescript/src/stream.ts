import { EventSourceParserStream } from "eventsource-parser/stream";

import type { Event } from "./index.js";
import { parseExact } from "./json.js";
import { errorOf } from "./problem.js";
import { sleep } from "./retry.js";
import { Final, type Fetch } from "./send.js";

export interface StreamOptions {
  /** The `seq` of the last known event; the stream starts with the first event if omitted. */
  after?: number;
  /** Ends the stream when it is aborted; then the iterator ends without an error. */
  signal?: AbortSignal;
  /** How long the stream may be silent before it is opened again, in milliseconds; 45,000 if omitted. */
  silence?: number;
}

interface Connection extends StreamOptions {
  headers: Record<string, string>;
  fetch: Fetch;
}

/**
 * Follows an event stream. It opens the stream again when it breaks, after the last event that it returned, so that no
 * event is missed or returned twice. It throws an error that would occur again: a ProblemError if the service refuses the
 * stream, a ResponseError if the response is not a stream of events, or the error of a function that fails to return a
 * token.
 */
export async function* follow(url: string, connection: Connection): AsyncGenerator<Event, void, undefined> {
  const signal = connection.signal ?? new AbortController().signal;
  let last = connection.after;
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      for await (const event of open(url, connection, last, signal)) {
        yield event;
        last = event.seq;
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error instanceof Final) {
        throw error.reason;
      }
    }
    await sleep(Math.min(250 * 2 ** failures, 10_000), signal).catch(() => undefined);
  }
}

/** Opens the stream once and returns its events until it ends. */
async function* open(
  url: string, connection: Connection, last: number | undefined, signal: AbortSignal,
): AsyncGenerator<Event, void, undefined> {
  const ended = new AbortController();
  const headers = new Headers({ ...connection.headers, Accept: "text/event-stream, application/problem+json" });
  if (last !== undefined) {
    headers.set("Last-Event-ID", String(last));
  }
  const silence = watch(connection.silence ?? 45_000, ended);
  try {
    const request = new Request(url, { headers, signal: AbortSignal.any([signal, ended.signal]) });
    const response = await connection.fetch(request);
    if (!isStream(response)) {
      await refuse(response);
      return;
    }
    const messages = response.body.pipeThrough(silence.bytes).pipeThrough(new TextDecoderStream() as Decoder)
      .pipeThrough(new EventSourceParserStream());
    for await (const message of messages) {
      yield parseEvent(message.data);
    }
  } finally {
    silence.stop();
    ended.abort();
  }
}

function parseEvent(data: string): Event {
  try {
    return parseExact(data) as Event;
  } catch (error) {
    throw new Final(error as Error);
  }
}

/** Reports whether a response is an event stream. A proxy can answer 200 with a page. */
function isStream(response: Response): response is Response & { body: ReadableStream } {
  const type = response.headers.get("Content-Type") ?? "";
  return response.ok && response.body !== null && /^text\/event-stream\b/i.test(type);
}

type Decoder = ReadableWritablePair<string, Uint8Array>;

/** Aborts if no bytes, not even those of a comment, arrive for some time. */
function watch(milliseconds: number, ended: AbortController) {
  let timer = setTimeout(() => ended.abort(), milliseconds);
  const bytes = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      clearTimeout(timer);
      timer = setTimeout(() => ended.abort(), milliseconds);
      controller.enqueue(chunk);
    },
  });
  return { bytes, stop: () => clearTimeout(timer) };
}

/** Throws what the service answered instead of a stream, unless it can help to try again. */
async function refuse(response: Response): Promise<void> {
  const text = await response.text();
  if (response.status === 429 || response.status >= 502) {
    return;
  }
  let body: unknown;
  try {
    body = parseExact(text);
  } catch {
    body = undefined;
  }
  throw new Final(errorOf(body, response));
}
