import type { TestProject } from "vitest/node"
import { startRedis } from "./redis-server.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** The URL of the server that all tests of a run share; see `freshStore`. */
    readonly redisUrl: string
  }
}

/** Starts one server for the whole run; key prefixes separate the tests. */
export default async (project: TestProject) => {
  const server = await startRedis()
  project.provide("redisUrl", server.url)
  return server.dispose
}
