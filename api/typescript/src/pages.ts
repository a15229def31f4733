import type { Client as FetchClient } from "openapi-fetch";

import { errorOf } from "./problem.js";
import type { paths } from "./schema.gen.js";

/** The media types of data and of problems. */
export type Json = "application/json" | "application/problem+json";

/** The body of a page. */
interface Page {
  items: unknown[];
  next_cursor?: string | null;
}

type Get<Path extends keyof paths> = paths[Path] extends { get: infer Operation } ? Operation : never;
type Body<Operation> = Operation extends { responses: { 200: { content: { "application/json": infer Data } } } }
  ? Data : never;

/** The paths whose GET returns a list. */
export type ListPath = {
  [Path in keyof paths]: Body<Get<Path>> extends Page ? Path : never;
}[keyof paths];

type Item<Path extends ListPath> = Body<Get<Path>> extends { items: (infer Entry)[] } ? Entry : never;
type Parameters<Path extends ListPath, Kind extends string> =
  Get<Path> extends { parameters: { [K in Kind]?: infer P } } ? NonNullable<P> : never;

/** The parameters of a list: those of its path, the filters, and `limit`, which is the length of a page. */
export type ListParams<Path extends ListPath> = {
  query?: Omit<Parameters<Path, "query">, "cursor">;
  signal?: AbortSignal;
} & (Parameters<Path, "path"> extends never ? { path?: never } : { path: Parameters<Path, "path"> });

type Rest<Path extends ListPath> = Record<never, never> extends ListParams<Path>
  ? [params?: ListParams<Path>] : [params: ListParams<Path>];

/** Returns the entries of the list at a path. */
export type Items = <Path extends ListPath>(path: Path, ...params: Rest<Path>) => AsyncGenerator<
  Item<Path>, void, undefined
>;

type AnyGet = (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

/** Returns a function that reads lists with a client. */
export function pages(client: FetchClient<paths, Json>): Items {
  const get = client.GET as unknown as AnyGet; // its types depend on the path, which is not known here
  return async function* items(path, ...rest) {
    const { query = {}, path: inPath = {}, signal } = (rest[0] ?? {}) as ListParams<ListPath>;
    let cursor: string | null | undefined;
    do {
      const params = { path: inPath, query: cursor == null ? query : { ...query, cursor } };
      const { data, error, response } = await get(path, signal === undefined ? { params } : { params, signal });
      if (data === undefined) {
        throw errorOf(error, response);
      }
      const page = data as Page;
      yield* page.items as never[];
      cursor = page.next_cursor;
    } while (cursor != null);
  };
}
