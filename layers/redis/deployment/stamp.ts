import * as Effect from "effect/Effect"
import { archiveFormat } from "../../../src/deployment/deployment.ts"
import * as Schema from "effect/Schema"
import { type Deployment, StampRefused } from "../../../src/deployment/deployment.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { formatMark } from "../scripting/lua.ts"
import { asTexts } from "../scripting/reply.ts"
import { defineScript, type Script } from "../scripting/script.ts"

/**
 * Writes a stamp if there is none.
 *
 * KEYS: stamp of the partition.
 * ARGV: fields and values.
 * Answer: the resulting stamp.
 */
export const writeStampScript = defineScript(
  "write stamp",
  `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then write('HSET', KEYS[1], unpack(ARGV)) end
commit()
return redis.call('HGETALL', KEYS[1])
`
)

/**
 * Reads a stamp.
 *
 * KEYS: stamp of the partition.
 * Answer: the stamp, empty when there is none.
 */
export const readStampScript = defineScript(
  "read stamp",
  `#!lua flags=no-writes
return redis.call('HGETALL', KEYS[1])
`
)

/**
 * Writes the fields of a stamp over those that are there.
 *
 * KEYS: stamp of the partition.
 * ARGV: fields and values.
 * Answer: the resulting stamp.
 */
export const replaceStampScript = defineScript(
  "replace stamp",
  `#!lua flags=allow-oom
write('HSET', KEYS[1], unpack(ARGV))
commit()
return redis.call('HGETALL', KEYS[1])
`
)

/**
 * Stores the fingerprint of a pepper if there is none.
 *
 * KEYS: stamp of the first partition.
 * ARGV: fingerprint of a pepper.
 * Answer: the fingerprint that is stored, or an empty text when there is no stamp.
 */
export const notePepperScript = defineScript(
  "note pepper",
  `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
write('HSETNX', KEYS[1], 'fingerprint', ARGV[1])
commit()
return redis.call('HGET', KEYS[1], 'fingerprint')
`
)

/**
 * Describes the stamp of a store. `former` lists the ids of the deployment before it was fenced, newest first,
 * separated by commas.
 */
export const Stamp = Schema.Struct({
  id: Schema.NonEmptyString,
  environment: Schema.Literals(["local", "staging", "production"]),
  partitions: Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1024 })),
  identity: Schema.FiniteFromString,
  /** Milliseconds since the epoch of the last change of `identity`. */
  identitySince: Schema.optionalKey(Schema.FiniteFromString),
  format: Schema.FiniteFromString,
  pepper: Schema.String,
  former: Schema.optionalKey(Schema.String),
  /** Milliseconds since the epoch of the last fence, by the store's clock. An earlier release wrote none. */
  fencedAt: Schema.optionalKey(Schema.FiniteFromString),
  /** Fingerprint of the pepper that the store is used with. */
  fingerprint: Schema.optionalKey(Schema.String)
})
export type Stamp = typeof Stamp.Type

/** Returns the id of the deployment that a stamp belongs to. */
export const deploymentIdOf = ({ id }: Pick<Stamp, "id">): string =>
  id.endsWith(formatMark) ? id.slice(0, -formatMark.length) : id

/** Returns the id that the stamp of a deployment holds in a store of this format. */
export const stampIdOf = (deployment: string, format: number): string =>
  format >= archiveFormat ? `${deployment}${formatMark}` : deployment

const decodeStamp = Schema.decodeUnknownEffect(Stamp)

export const fieldsOf = (stamp: Stamp) => Object.entries(stamp).flat()

export const formerOf = ({ former = "" }: Stamp): ReadonlyArray<string> =>
  former.split(",").flatMap((id) => (id === "" ? [] : deploymentIdOf({ id })))

const parse = (fields: ReadonlyArray<string>): Effect.Effect<Stamp | undefined, InfraError> => {
  if (fields.length === 0) return Effect.undefined
  const members: Record<string, string> = {}
  for (let at = 0; at + 1 < fields.length; at += 2) members[fields[at] ?? ""] = fields[at + 1] ?? ""
  return Effect.mapError(decodeStamp(members), () => unexpectedReply("read stamp"))
}

/** Runs a script of the stamp on one partition, and returns the resulting stamp. */
export const runStampScript = (
  store: RedisStore["Service"],
  script: Script,
  partition: number,
  fields: ReadonlyArray<string | number>
) =>
  store
    .run(script, [keysOf(store.prefix, partition).of("stamp")], fields)
    .pipe(Effect.flatMap(asTexts(script.name)), Effect.flatMap(parse))

export const refuseStamp = (problem: string, remedy: string) => Effect.fail(new StampRefused({ problem, remedy }))

const another = "point this deployment at its own store, or run `comporta store fence` where that is meant"

/** Fails unless the store is of this environment. */
export const ofEnvironment = (stamp: Stamp, environment: Deployment["Service"]["environment"]) =>
  stamp.environment === environment
    ? Effect.succeed(stamp)
    : refuseStamp(`the store belongs to a ${stamp.environment} deployment, this one is ${environment}`, another)

/** Fails unless every partition returns this stamp. */
export const everywhere = (
  stamp: Stamp,
  one: (partition: number) => Effect.Effect<Stamp | undefined, InfraError>
): Effect.Effect<void, InfraError | StampRefused> =>
  Effect.forEach(
    Array.from({ length: stamp.partitions }, (_, partition) => partition),
    (partition) =>
      Effect.flatMap(one(partition), (found) => {
        if (found?.id === stamp.id) return Effect.void
        return found !== undefined && deploymentIdOf(found) === deploymentIdOf(stamp)
          ? refuseStamp(
              `the upgrade of the store has not reached partition ${partition}`,
              "run `comporta store upgrade` again"
            )
          : refuseStamp(`partition ${partition} of the store does not carry the stamp of the others`, another)
      }),
    { concurrency: 16, discard: true }
  )
