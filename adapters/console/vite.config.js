import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The files keep their names, because they are committed. The server puts a digest of all of them into the path.
export default defineConfig({
  base: "./",
  plugins: [svelte()],
  resolve: {
    alias: { "@procedo/client": fileURLToPath(new URL("../../api/typescript/src/index.ts", import.meta.url)) },
  },
  build: {
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600, // kB: the editor, which only authors load
    rolldownOptions: {
      input: "src/main.ts",
      output: {
        entryFileNames: "app.js",
        chunkFileNames: ({ isDynamicEntry, name }) => (isDynamicEntry || name === "yaml" ? "[name].js" : "shared.js"),
        assetFileNames: "app[extname]",
        codeSplitting: { groups: [{ name: "yaml", test: /node_modules\/yaml\// }] },
      },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
