import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Deployment } from "../../src/deployment/deployment.ts"
import { DataKeys, type WrappedKey } from "../../src/secrets/sealer.ts"
import { RedisStore } from "./client.ts"
import { keysOf } from "./keys.ts"
import { requireStamp } from "./scripting/lua.ts"
import { asTexts } from "./scripting/reply.ts"
import { defineScript } from "./scripting/script.ts"

/**
 * Reads the data keys.
 *
 * KEYS: stamp, data keys.
 * ARGV: deployment.
 * Answer: two values a key: its id, the wrapped key.
 */
const readKeysScript = defineScript(
  "read data keys",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('HGETALL', KEYS[2])
`
)

/**
 * Stores the first data key, unless there is one, or sealed data without one.
 *
 * KEYS: stamp, data keys, then the keys of sealed data in this partition.
 * ARGV: deployment, id, wrapped key.
 * Answer: all data keys; an empty list when the store holds sealed data and no data key.
 *
 * The stamp's field `sealed` records that there are data keys. Earlier releases did not write it, so existing records
 * count as sealed too.
 */
const firstKeyScript = defineScript(
  "first data key",
  `#!lua
${requireStamp}
local there = redis.call('EXISTS', KEYS[2]) == 1
local sealed = redis.call('HEXISTS', KEYS[1], 'sealed') == 1
if not there then
  for i = 3, #KEYS do sealed = sealed or redis.call('EXISTS', KEYS[i]) == 1 end
  if sealed then return {} end
  write('HSET', KEYS[2], ARGV[2], ARGV[3])
end
if not sealed then write('HSET', KEYS[1], 'sealed', '1') end
commit()
return redis.call('HGETALL', KEYS[2])
`
)

/**
 * Restores data keys that are missing.
 *
 * KEYS: stamp, data keys.
 * ARGV: deployment, then an id and a wrapped key for each.
 * Answer: an empty list.
 */
const restoreKeysScript = defineScript(
  "restore data keys",
  `#!lua flags=allow-oom
${requireStamp}
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 0 then write('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
return {}
`
)

/**
 * Replaces a wrapped key, unless it has changed meanwhile.
 *
 * KEYS: stamp, data keys.
 * ARGV: deployment, id, present wrapped key, new wrapped key.
 * Answer: an empty list.
 */
const rewrapKeyScript = defineScript(
  "rewrap data key",
  `#!lua flags=allow-oom
${requireStamp}
if redis.call('HGET', KEYS[2], ARGV[2]) == ARGV[3] then write('HSET', KEYS[2], ARGV[2], ARGV[4]) end
return {}
`
)

const pairsOf = (fields: ReadonlyArray<string>): ReadonlyArray<WrappedKey> =>
  fields.flatMap((id, at) => (at % 2 === 0 ? [{ id, wrapped: fields[at + 1] ?? "" }] : []))

/** Provides the data keys on Redis, all in the first partition. */
export const layer: Layer.Layer<DataKeys, never, RedisStore | Deployment> = Layer.effect(
  DataKeys,
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const { of } = keysOf(store.prefix, 0)
    // In `local`, records may be stored unsealed until there is a sealing key.
    const sealed =
      deployment.environment === "local"
        ? []
        : [of("log"), of("delivered"), of("quarantine:items"), of("dead:items"), of("again:items")]
    const run = (script: typeof readKeysScript, ...args: ReadonlyArray<string>) =>
      store
        .run(script, [of("stamp"), of("keys"), ...(script === firstKeyScript ? sealed : [])], [deployment.id, ...args])
        .pipe(Effect.flatMap(asTexts(script.name)), Effect.map(pairsOf))
    return DataKeys.of({
      all: run(readKeysScript),
      first: ({ id, wrapped }) => run(firstKeyScript, id, wrapped),
      rewrap: (id, from, to) => Effect.asVoid(run(rewrapKeyScript, id, from, to)),
      restore: (keys) => Effect.asVoid(run(restoreKeysScript, ...keys.flatMap(({ id, wrapped }) => [id, wrapped])))
    })
  })
)
