import { defineConfig } from "vitest/config"
import shared from "./vitest.config.ts"

export default defineConfig({
  test: {
    ...shared.test,
    include: ["test/image/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    testTimeout: 600_000,
    hookTimeout: 1_800_000
  }
})
