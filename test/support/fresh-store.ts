import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { layer, type Options } from "../../layers/redis/client.ts"

/** An empty store on the server that the run shares: a key prefix that nobody else has. */
export const freshStore = (options: Partial<Options> = {}) =>
  layer({ url: inject("redisUrl"), prefix: `test-${randomUUID()}`, ...options })
