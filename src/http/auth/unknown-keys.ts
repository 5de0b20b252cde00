import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import { Secrets } from "../../secrets/secrets.ts"
import { ApiKeys } from "./api-keys.ts"
import { bearerOf, type RequestHeaders } from "../server/request-headers.ts"

/** Maximum number of requests with an unknown key that wait for a refresh of the secrets. */
export const maxUnknownKeys = 256

/**
 * Handles a request whose key is unknown. `refused`: the secrets were refreshed in the last 10 s, so the key is wrong. `busy`:
 * too many requests wait already. `waits`: waiting requests share one refresh of the secrets, and `done` is called after it.
 */
export type UnknownKeys = (headers: RequestHeaders, done: () => void) => "refused" | "busy" | "waits"

const cause = "api"

/** Refreshes the secrets for a key that may be new in the secret store. Wrong keys cause at most one refresh in 10 s (G29, G50). */
export const unknownKeys = Effect.gen(function* () {
  const keys = yield* ApiKeys
  const { mayRefresh, refresh } = yield* Secrets
  const run = yield* FiberSet.makeRuntime<never, void>()
  let waiting = 0
  const handle: UnknownKeys = (headers, done) => {
    const key = bearerOf(headers)
    if (key === "" || keys.clientOf(key) !== undefined || !mayRefresh(cause)) return "refused"
    if (waiting >= maxUnknownKeys) return "busy"
    waiting += 1
    const over = Effect.sync(() => {
      waiting -= 1
      done()
    })
    run(Effect.ensuring(Effect.asVoid(refresh(cause)), over))
    return "waits"
  }
  return handle
})
