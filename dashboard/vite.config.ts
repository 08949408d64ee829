import { defineConfig } from "vite";

export default defineConfig({
  base: "/dashboard/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env["DASHBOARD_OUT"] ?? "../artifacts/dashboard",
    emptyOutDir: true,
    target: "es2022",
    // Browsers that know Trusted Types know modulepreload; nothing is inlined, for the page's policy allows no inline code.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
