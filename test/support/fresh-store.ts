import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { layer, type Options } from "../../layers/redis/client.ts"

/** Provides an empty store on the server that the run shares, under a unique key prefix. */
export const freshStore = (options: Partial<Options> = {}) =>
  layer({ url: inject("redisUrl"), prefix: `test-${randomUUID()}`, ...options })
