const pause = 5_000; // milliseconds between an answer that failed and the next attempt

/** Does something again and again, one attempt at a time. It returns a function that ends this. */
export function retry(attempt: () => unknown): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let ended = false;
  const next = () => {
    timer = setTimeout(async () => {
      try {
        await attempt();
      } finally {
        if (!ended) {
          next();
        }
      }
    }, pause);
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
