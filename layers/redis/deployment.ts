import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../src/domain/failure.ts"
import {
  defaultPartitions,
  Deployment,
  identityVersion,
  recordFormat,
  StampRefused
} from "../../src/partition/deployment.ts"
import { RedisStore } from "./client.ts"
import { unexpectedReply } from "./failure.ts"
import { keysOf } from "./keys.ts"
import { asTexts } from "./reply.ts"
import { readStamp, writeStamp } from "./stamp.ts"

export interface Options {
  readonly environment: Deployment["Service"]["environment"]
  /** Of a store that is stamped now; a stamped store keeps its own count. */
  readonly partitions?: number
}

const Stamp = Schema.Struct({
  id: Schema.NonEmptyString,
  environment: Schema.Literals(["local", "staging", "production"]),
  partitions: Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1024 })),
  identity: Schema.FiniteFromString,
  format: Schema.FiniteFromString,
  pepper: Schema.String
})
type Stamp = typeof Stamp.Type

const decodeStamp = Schema.decodeUnknownEffect(Stamp)

const newStamp = ({ environment, partitions = defaultPartitions }: Options): Stamp => ({
  id: randomBytes(16).toString("hex"),
  environment,
  partitions,
  identity: identityVersion,
  format: recordFormat,
  pepper: environment === "local" ? randomBytes(32).toString("base64") : ""
})

const fieldsOf = (stamp: Stamp) => Object.entries(stamp).flat()

const parse = (fields: ReadonlyArray<string>): Effect.Effect<Stamp | undefined, InfraError> => {
  if (fields.length === 0) return Effect.undefined
  const members: Record<string, string> = {}
  for (let at = 0; at + 1 < fields.length; at += 2) members[fields[at] ?? ""] = fields[at + 1] ?? ""
  return Effect.mapError(decodeStamp(members), () => unexpectedReply("read stamp"))
}

const refuse = (problem: string, remedy: string) => Effect.fail(new StampRefused({ problem, remedy }))

const another = "point this deployment at its own store, or run `comporta store fence` where that is meant"

const agrees = (stamp: Stamp, options: Options) => {
  if (stamp.environment !== options.environment) {
    return refuse(`the store belongs to a ${stamp.environment} deployment, this one is ${options.environment}`, another)
  }
  if (stamp.format !== recordFormat || stamp.identity !== identityVersion) {
    return refuse("the store was written by another version of this program", "run `comporta store upgrade`")
  }
  return Effect.succeed(stamp)
}

const read = (store: RedisStore["Service"], partition: number) =>
  store
    .run(readStamp, [keysOf(store.prefix, partition).of("stamp")], [])
    .pipe(Effect.flatMap(asTexts("read stamp")), Effect.flatMap(parse))

const write = (store: RedisStore["Service"], partition: number, stamp: Stamp) =>
  store
    .run(writeStamp, [keysOf(store.prefix, partition).of("stamp")], fieldsOf(stamp))
    .pipe(Effect.flatMap(asTexts("write stamp")), Effect.flatMap(parse))

const everyPartition = (
  stamp: Stamp,
  one: (partition: number) => Effect.Effect<Stamp | undefined, InfraError>
): Effect.Effect<void, InfraError | StampRefused> =>
  Effect.forEach(
    Array.from({ length: stamp.partitions }, (_, partition) => partition),
    (partition) =>
      Effect.flatMap(one(partition), (found) =>
        found?.id === stamp.id
          ? Effect.void
          : refuse(`partition ${partition} of the store does not carry the stamp of the others`, another)
      ),
    { concurrency: "unbounded", discard: true }
  )

/** Stamps an empty store, or finishes a stamp that was begun; the stamp that is there wins. The first partition's decides. */
export const initStore = Effect.fnUntraced(function* (options: Options) {
  const store = yield* RedisStore
  const first = yield* write(store, 0, newStamp(options))
  if (first === undefined) return yield* unexpectedReply("write stamp")
  const stamp = yield* agrees(first, options)
  yield* everyPartition(stamp, (partition) => write(store, partition, stamp))
  return stamp
})

const requireStore = Effect.fnUntraced(function* (options: Options) {
  const store = yield* RedisStore
  const first = yield* read(store, 0)
  if (first === undefined) return yield* refuse("the store carries no stamp", "run `comporta store init` once")
  const stamp = yield* agrees(first, options)
  yield* everyPartition(stamp, (partition) => read(store, partition))
  return stamp
})

/** `local` stamps by itself; staging and production refuse a store without their stamp (G4). */
export const layer = (options: Options): Layer.Layer<Deployment, InfraError | StampRefused, RedisStore> =>
  Layer.effect(
    Deployment,
    Effect.map(options.environment === "local" ? initStore(options) : requireStore(options), (stamp) =>
      Deployment.of({
        id: stamp.id,
        environment: stamp.environment,
        partitions: stamp.partitions,
        localPepper: stamp.pepper
      })
    )
  )
