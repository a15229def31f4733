// Starts headless Chromium for the scripts, prints the address where they reach it, and ends it with standard input.
import { chromium } from "playwright-core";

const server = await chromium.launchServer({
  executablePath: process.env.PROCEDO_TEST_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  timeout: 120_000,
});
console.log(server.wsEndpoint());
process.stdin.on("end", () => server.close()).resume();
