import { defineConfig } from "vite";
import { guide } from "./scripts/guide.ts";

export default defineConfig({
  // The page may be served from a folder: every address in it is relative.
  base: "./",
  plugins: [guide()],
  build: {
    target: "es2023",
    // A strict content security policy allows neither data: addresses nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  worker: { format: "es" },
});
