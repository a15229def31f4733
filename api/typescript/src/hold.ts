// In Node.js, a Request follows its signal through a weak reference: once the garbage collector has taken the Request,
// an abort does not reach the connection any more.
const held = new WeakMap<ReadableStream, Request[]>();

/** Keeps requests until the body of their response is read, so that their signals are obeyed. */
export function hold(requests: Request[], response: Response): Response {
  if (response.body !== null) {
    held.set(response.body, requests);
  }
  return response;
}
