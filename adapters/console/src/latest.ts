// Answers can arrive in another order than the questions: only that to the last question counts.
export class Latest {
  private turn = 0;

  /** Begins a question. It returns a function that reports whether it still is the last one. */
  ask(): () => boolean {
    const turn = ++this.turn;
    return () => turn === this.turn;
  }
}
