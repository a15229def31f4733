// Follows a run. Browsers open at most six connections to a server of HTTP/1.1, and all tabs share them: so at most
// three tabs hold a stream, and the others ask every few seconds.
import type { Client } from "@procedo/client";

import type { Event } from "./client";

const streams = 3;
const pause = 3_000;

export interface Follower {
  /** The number of the last event that is known. */
  seq(): number;
  /** Is called for each new event. */
  event(event: Event): void;
  /** Is called when the run may have changed, where events do not arrive. */
  poll(): Promise<void>;
}

/** Follows a run until the signal is aborted. */
export async function live(client: Client, run: string, follower: Follower, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const held = await withLock(() => stream(client, run, follower, signal));
    if (!held && !signal.aborted) {
      await follower.poll();
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}

async function stream(client: Client, run: string, follower: Follower, signal: AbortSignal): Promise<void> {
  await follower.poll(); // what happened before the stream began
  for await (const event of client.follow(run, { after: follower.seq(), signal })) {
    follower.event(event);
  }
}

/** Runs a task while it holds one of the locks. It reports whether one was free. Locks only exist on secure origins. */
async function withLock(task: () => Promise<void>): Promise<boolean> {
  if (!("locks" in navigator)) {
    return false;
  }
  for (let i = 0; i < streams; i++) {
    const held = await navigator.locks.request(`procedo-stream-${i}`, { ifAvailable: true }, async (lock) => {
      if (lock !== null) {
        await task().catch(() => undefined); // a stream that was refused is asked for again
      }
      return lock !== null;
    });
    if (held) {
      return true;
    }
  }
  return false;
}
