import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request as forward, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Server {
  url: string;
  stop(): Promise<void>;
}

/** The root of the repository, seen from build/test. */
const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Builds the program, unless PROCEDO names a built one, and starts a server with the demo on an empty database. */
export async function serveDemo(): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), "procedo-typescript-"));
  let program = process.env["PROCEDO"];
  if (program === undefined) {
    program = join(dir, "procedo");
    await promisify(execFile)("go", ["build", "-o", program, "./cmd/procedo"], { cwd: root });
  }
  const child = spawn(program, ["serve", "--demo", "--listen", "127.0.0.1:0", "--log-level", "warn"], {
    cwd: dir, stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /Procedo is listening at (http:\/\/\S+) \(/.exec(line);
    if (found?.[1] !== undefined) {
      child.stdout.resume();
      return {
        url: found[1],
        async stop() {
          child.kill();
          await exited;
          await rm(dir, { recursive: true });
        },
      };
    }
  }
  throw new Error("The server did not print its address.");
}

/** Decides what a proxy does with a request: forward it, lose the response, or answer itself. */
export type Behaviour = (request: IncomingMessage, nth: number) => "forward" | "lose" | ((r: ServerResponse) => void);

export interface Proxy extends Server {
  /** The requests that arrived, with their headers. */
  requests: IncomingMessage[];
  /** Breaks all connections. */
  breakAll(): void;
}

/** Starts a proxy in front of a server. */
export async function proxy(target: string, behaviour: Behaviour): Promise<Proxy> {
  const requests: IncomingMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    requests.push(incoming);
    const does = behaviour(incoming, requests.length);
    if (typeof does === "function") {
      incoming.resume();
      does(outgoing);
      return;
    }
    const headers = { ...incoming.headers, host: new URL(target).host };
    const onward = forward(target + incoming.url, { method: incoming.method, headers }, (answer) => {
      if (does === "lose") { // the service has done its work; its response does not arrive
        answer.resume();
        answer.on("end", () => outgoing.socket?.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.socket?.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    breakAll: () => server.closeAllConnections(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
