import type { TestProject } from "vitest/node"
import { startRedis } from "./redis-server.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** Of the one server that all tests of a run share; see `freshStore`. */
    readonly redisUrl: string
  }
}

/** One server for the whole run; tests keep apart by key prefixes. */
export default async (project: TestProject) => {
  const server = await startRedis()
  project.provide("redisUrl", server.url)
  return server.dispose
}
