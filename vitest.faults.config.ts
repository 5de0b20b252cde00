import { defineConfig } from "vitest/config"
import shared from "./vitest.config.ts"

export default defineConfig({
  test: {
    ...shared.test,
    include: ["test/faults/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    passWithNoTests: true,
    testTimeout: 300_000,
    hookTimeout: 60_000
  }
})
