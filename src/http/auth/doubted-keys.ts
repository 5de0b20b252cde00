import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import { Secrets } from "../../secrets/secrets.ts"
import { ApiKeys } from "./api-keys.ts"
import { bearerOf, type RequestHeaders } from "../server/request-headers.ts"

/** Requests at once that wait for a refresh because their key is not known. */
export const maxDoubtedKeys = 256

/**
 * What is done about a request whose key is not known. `refused`: the secrets were read again in the last 10 s, so the key is
 * wrong. `busy`: too many wait already. `waits`: the secrets are read again, once for all who wait, and `done` is called.
 */
export type DoubtedKeys = (headers: RequestHeaders, done: () => void) => "refused" | "busy" | "waits"

const cause = "api"

/** A key that was put into the secret store a moment ago is not known yet: a wrong key costs one refresh in 10 s (G29, G50). */
export const doubtedKeys = Effect.gen(function* () {
  const keys = yield* ApiKeys
  const { mayRefresh, refresh } = yield* Secrets
  const run = yield* FiberSet.makeRuntime<never, void>()
  let waiting = 0
  const doubted: DoubtedKeys = (headers, done) => {
    const key = bearerOf(headers)
    if (key === "" || keys.clientOf(key) !== undefined || !mayRefresh(cause)) return "refused"
    if (waiting >= maxDoubtedKeys) return "busy"
    waiting += 1
    const over = Effect.sync(() => {
      waiting -= 1
      done()
    })
    run(Effect.ensuring(Effect.asVoid(refresh(cause)), over))
    return "waits"
  }
  return doubted
})
