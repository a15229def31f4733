/**
 * Returns the ETag of a response as `If-Match` takes it, or nothing if there is none. The service makes strong ETags
 * only: the `W/` of a weak one comes from a proxy that compresses responses.
 */
export function etagOf(response: Response): string | undefined {
  return response.headers.get("ETag")?.replace(/^W\//, "");
}
