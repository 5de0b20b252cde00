import { createHash } from "node:crypto"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { RedisStore } from "../../../layers/redis/client.ts"
import type { Script } from "../../../layers/redis/scripting/script.ts"

/** One call of a script that fails: of its n-th run in a scenario the k-th call to the server, both from 1. */
export interface Fault {
  readonly script: string
  readonly run: number
  readonly call: number
}

/** Where the store was made to fail, and which scripts were run how often. */
export class Sabotage extends Context.Service<
  Sabotage,
  {
    /** The call that was to fail came. */
    readonly happened: () => boolean
    /** Runs of each script that writes. */
    readonly runs: () => ReadonlyMap<string, number>
  }
>()("comporta/test/Sabotage") {}

const header = /^(?:#!lua[^\n]*\n)?/
const word = "ERR injected"

/** The same script, whose k-th call to the server fails without being made. */
export const failingAt = ({ source, ...rest }: Script, call: number): Script => {
  const shadow = `
local server, calls = redis, 0
local function due()
  calls = calls + 1
  return calls == ${call}
end
local redis = {
  call = function(...) if due() then error({ err = '${word}' }) end return server.call(...) end,
  pcall = function(...) if due() then return { err = '${word}' } end return server.pcall(...) end,
  error_reply = server.error_reply, status_reply = server.status_reply, acl_check_cmd = server.acl_check_cmd
}
`
  const first = header.exec(source)?.[0] ?? ""
  const failing = `${first}${shadow}${source.slice(first.length)}`
  return { ...rest, source: failing, sha: createHash("sha1").update(failing).digest("hex") }
}

/** The given store, in which one call of one script fails. */
export const sabotaged = <E, R>(
  inner: Layer.Layer<RedisStore, E, R>,
  fault?: Fault
): Layer.Layer<RedisStore | Sabotage, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const store = yield* RedisStore
      const runs = new Map<string, number>()
      let happened = false
      const run: RedisStore["Service"]["run"] = (script, keys, args) =>
        Effect.suspend(() => {
          if (script.readOnly) return store.run(script, keys, args)
          const nth = (runs.get(script.name) ?? 0) + 1
          runs.set(script.name, nth)
          if (fault?.script !== script.name || fault.run !== nth) return store.run(script, keys, args)
          return Effect.tapError(store.run(failingAt(script, fault.call), keys, args), ({ cause }) =>
            Effect.sync(() => {
              if (cause instanceof Error && cause.message.includes(word)) happened = true
            })
          )
        })
      return Context.make(RedisStore, { ...store, run }).pipe(
        Context.add(Sabotage, { happened: () => happened, runs: () => runs })
      )
    })
  ).pipe(Layer.provide(inner))
