import { isSafeNumber, parse } from "lossless-json";

import { ResponseError } from "./problem.js";

/**
 * Parses JSON without losing digits. A number that a double holds exactly becomes a number; any other becomes a string
 * of its digits. The latter occur only in the payloads of events, which show what was hashed: elsewhere the client asks
 * the service for exact numbers as strings, and the service refuses other numbers that a double does not hold.
 */
export function parseExact(text: string): unknown {
  return parse(text, undefined, (digits) => (isSafeNumber(digits) ? Number(digits) : digits));
}

/**
 * A response whose body was read completely, and that parses JSON without losing digits. If the body is not JSON, it is
 * not a response of the service but, for example, the page of a proxy: json throws a ResponseError.
 */
export class ReadResponse extends Response {
  override async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return parseExact(text);
    } catch {
      throw new ResponseError(new Response(text, this));
    }
  }
}
