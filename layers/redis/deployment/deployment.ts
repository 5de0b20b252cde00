import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { InfraError } from "../../../src/domain/failure.ts"
import {
  defaultPartitions,
  Deployment,
  identityVersion,
  oldestIdentity,
  isPartitionCount,
  oldestStoreFormat,
  storeFormat,
  type StampRefused
} from "../../../src/deployment/deployment.ts"
import { RedisStore } from "../client.ts"
import {
  deploymentIdOf,
  everywhere,
  fieldsOf,
  formerOf,
  ofEnvironment,
  readStampScript,
  refuseStamp,
  runStampScript,
  stampIdOf,
  type Stamp,
  writeStampScript
} from "./stamp.ts"
import { unexpectedReply } from "../failure.ts"

export interface DeploymentOptions {
  readonly environment: Deployment["Service"]["environment"]
  /** Number of partitions of a store that is stamped now. A stamped store keeps its own number. */
  readonly partitions?: number
}

export const newId = () => randomBytes(16).toString("hex")

const newStamp = ({ environment, partitions = defaultPartitions }: DeploymentOptions): Stamp => ({
  id: stampIdOf(newId(), storeFormat),
  environment,
  partitions,
  identity: identityVersion,
  format: storeFormat,
  pepper: environment === "local" ? randomBytes(32).toString("base64") : ""
})

/** Fails unless the stamp is of this environment and was written in this program's format. */
const agrees = Effect.fnUntraced(function* (stamp: Stamp, { environment }: DeploymentOptions) {
  yield* ofEnvironment(stamp, environment)
  if (stamp.format > storeFormat || stamp.identity > identityVersion) {
    return yield* refuseStamp(
      "the store was written by a newer version of this program",
      "start that version, or a newer one"
    )
  }
  if (stamp.format < oldestStoreFormat || stamp.identity < oldestIdentity) {
    return yield* refuseStamp(
      "the store was written by another version of this program",
      "run `comporta store upgrade`"
    )
  }
  return stamp
})

/**
 * Stamps an empty store, or completes a stamp that was begun. An existing stamp is kept; the first partition's decides.
 */
export const initStore = Effect.fnUntraced(function* (options: DeploymentOptions) {
  const { partitions = defaultPartitions } = options
  if (!isPartitionCount(partitions)) {
    return yield* refuseStamp(`a store cannot have ${partitions} partitions`, "give it 1 to 1024")
  }
  const store = yield* RedisStore
  const first = yield* runStampScript(store, writeStampScript, 0, fieldsOf(newStamp(options)))
  if (first === undefined) return yield* unexpectedReply(writeStampScript.name)
  const stamp = yield* agrees(first, options)
  yield* everywhere(stamp, (partition) => runStampScript(store, writeStampScript, partition, fieldsOf(stamp)))
  return stamp
})

/** Returns the stamp that this program can start on. Returns `undefined` when there is none. */
export const readStore = Effect.fnUntraced(function* (options: DeploymentOptions) {
  const store = yield* RedisStore
  const first = yield* runStampScript(store, readStampScript, 0, [])
  if (first === undefined) return undefined
  const stamp = yield* agrees(first, options)
  yield* everywhere(stamp, (partition) => runStampScript(store, readStampScript, partition, []))
  return stamp
})

const requireStore = (options: DeploymentOptions) =>
  Effect.flatMap(readStore(options), (stamp) =>
    stamp === undefined
      ? refuseStamp("the store carries no stamp", "run `comporta store init` once")
      : Effect.succeed(stamp)
  )

/** Provides the deployment. `local` stamps its store; staging and production refuse a store without a stamp (G4). */
export const layer = (options: DeploymentOptions): Layer.Layer<Deployment, InfraError | StampRefused, RedisStore> =>
  Layer.effect(
    Deployment,
    Effect.map(options.environment === "local" ? initStore(options) : requireStore(options), (stamp) =>
      Deployment.of({
        id: deploymentIdOf(stamp),
        former: formerOf(stamp),
        ...(stamp.fencedAt === undefined ? {} : { fencedAt: stamp.fencedAt }),
        environment: stamp.environment,
        partitions: stamp.partitions,
        identity: stamp.identity,
        ...(stamp.identitySince === undefined ? {} : { identitySince: stamp.identitySince }),
        localPepper: stamp.pepper
      })
    )
  )
