import { newKey } from "./api/client";

/** Something that a person sends until it is answered: again, it must not be done twice; corrected, it is another one. */
export class Attempt {
  private key = "";
  private content = "";

  /** Returns the Idempotency-Key of a body: a new one if the body differs from the one before. */
  keyOf(body: unknown): string {
    const content = JSON.stringify(body);
    if (this.key === "" || content !== this.content) {
      [this.key, this.content] = [newKey(), content];
    }
    return this.key;
  }
}
