// The pages of the console and their addresses, which are those that the server answers with the page.
import { consoleRoot } from "./api/client";

export type Route =
  | { page: "runs" }
  | { page: "run"; id: string }
  | { page: "report"; id: string }
  | { page: "procedures" }
  | { page: "procedure"; id: string }
  | { page: "editor"; id?: string }
  | { page: "settings" }
  | { page: "unknown" };

/** Returns the page at a path below the root of the console. */
export function match(path: string): Route {
  const [first = "", id = "", last] = path.replace(/\/$/, "").split("/").map(decodeURIComponent);
  switch (first) {
    case "":
      return { page: "runs" };
    case "runs":
      if (id !== "" && (last === undefined || last === "report")) {
        return { page: last ?? "run", id };
      }
      return { page: "unknown" };
    case "procedures":
      if (last !== undefined) {
        return last === "edit" && id !== "" ? { page: "editor", id } : { page: "unknown" };
      }
      return id === "" ? { page: first } : { page: "procedure", id };
    case "new":
      return { page: id === "" ? "editor" : "unknown" };
    case "settings":
      return { page: id === "" ? first : "unknown" };
    default:
      return { page: "unknown" };
  }
}

const here = () => location.pathname.slice(consoleRoot.pathname.length);

class Router {
  route: Route = $state.raw(match(here()));
  query: URLSearchParams = $state.raw(new URLSearchParams(location.search));

  /** Follows the address of the page. It returns a function that ends this. */
  start(): () => void {
    const click = (event: MouseEvent) => this.click(event);
    const move = () => this.read();
    addEventListener("popstate", move);
    document.addEventListener("click", click);
    return () => {
      removeEventListener("popstate", move);
      document.removeEventListener("click", click);
    };
  }

  /** Shows the page at a path below the root of the console. */
  go(path: string, replace = false): void {
    history[replace ? "replaceState" : "pushState"](null, "", new URL(path, consoleRoot));
    this.read();
  }

  private read(): void {
    this.route = match(here());
    this.query = new URLSearchParams(location.search);
  }

  /** Follows links within the console without loading the page again. */
  private click(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (link === null || other || event.defaultPrevented || link.target !== "" || link.hasAttribute("download")) {
      return;
    }
    if (link.href.startsWith(consoleRoot.href) && !link.href.includes("#")) {
      event.preventDefault();
      this.go(link.href);
      scrollTo(0, 0);
    }
  }
}

export const router = new Router();

/** Returns the address of a path below the root of the console. */
export const address = (path: string): string => new URL(path, consoleRoot).pathname + new URL(path, consoleRoot).search;
