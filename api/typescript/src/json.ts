import { isSafeNumber, parse } from "lossless-json";

/**
 * Parses JSON without losing digits. A number that a double holds exactly becomes a number; any other becomes a string
 * of its digits. The latter occur only in the payloads of events, which show what was hashed: elsewhere the client asks
 * the service for exact numbers as strings, and the service refuses other numbers that a double does not hold.
 */
export function parseExact(text: string): unknown {
  return parse(text, undefined, (digits) => (isSafeNumber(digits) ? Number(digits) : digits));
}

/** A response whose body was read completely, and that parses JSON without losing digits. */
export class ReadResponse extends Response {
  override async json(): Promise<unknown> {
    return parseExact(await this.text());
  }
}
