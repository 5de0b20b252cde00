import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { identityVersion, storeFormat } from "../../../src/deployment/deployment.ts"
import { RedisStore } from "../client.ts"
import { newId, type DeploymentOptions } from "./deployment.ts"
import { unexpectedReply } from "../failure.ts"
import { millisOf } from "../store-clock.ts"
import {
  deploymentIdOf,
  everywhere,
  fieldsOf,
  formerOf,
  ofEnvironment,
  readStampScript,
  refuseStamp,
  replaceStampScript,
  runStampScript,
  stampIdOf,
  type Stamp
} from "./stamp.ts"
import { mendPartitionScript } from "../store-admin/scripts/mend-partition.ts"
import { partitionsAtOnce, watchedKeysOf } from "../store-admin/partition-facts.ts"

/**
 * Number of former ids that are kept, so that a status of a message from before a fence still finds its intent (G18).
 */
const remembered = 16

const stamped = Effect.fnUntraced(function* ({ environment }: DeploymentOptions) {
  const store = yield* RedisStore
  const stamp = yield* runStampScript(store, readStampScript, 0, [])
  if (stamp === undefined) return yield* refuseStamp("the store carries no stamp", "run `comporta store init` once")
  return yield* ofEnvironment(stamp, environment)
})

/**
 * Writes a stamp to every partition. The first partition decides: the next command completes a change that stopped half
 * way.
 */
const replace = Effect.fnUntraced(function* (stamp: Stamp) {
  const store = yield* RedisStore
  const write = (partition: number) => runStampScript(store, replaceStampScript, partition, fieldsOf(stamp))
  const first = yield* write(0)
  if (first === undefined) return yield* unexpectedReply(replaceStampScript.name)
  yield* everywhere(stamp, write)
  return stamp
})

/** Ends what the watch found wrong with the store, because the operator who fences knows of it (G47). */
const mend = Effect.fnUntraced(function* (stamp: Stamp) {
  const id = deploymentIdOf(stamp)
  const { partitions } = stamp
  const store = yield* RedisStore
  yield* Effect.forEach(
    Array.from({ length: partitions }, (_, partition) => partition),
    (partition) => store.run(mendPartitionScript, watchedKeysOf(store.prefix, partition), [id]),
    { concurrency: partitionsAtOnce, discard: true }
  )
})

const timeOfStore = Effect.gen(function* () {
  const store = yield* RedisStore
  const millis = millisOf(yield* store.command("TIME"))
  return millis ?? (yield* unexpectedReply("TIME"))
})

/** Gives the store another id. Every script then refuses a gateway that still runs under the former one (G4). */
export const fenceStore = Effect.fnUntraced(function* (options: DeploymentOptions) {
  const stamp = yield* stamped(options)
  const former = [deploymentIdOf(stamp), ...formerOf(stamp)].slice(0, remembered).join(",")
  const fencedAt = yield* timeOfStore
  const fenced = yield* replace({ ...stamp, id: stampIdOf(newId(), stamp.format), former, fencedAt })
  yield* mend(fenced)
  return fenced
})

/**
 * Upgrades the stamp to this release's format and identity. Records of an older format stay readable; new ones have
 * this release's format (G5). A gateway of this release that is running goes on; one of an earlier release is refused by
 * every script from then on.
 */
export const upgradeStore = Effect.fnUntraced(function* (options: DeploymentOptions) {
  const stamp = yield* stamped(options)
  if (stamp.format > storeFormat || stamp.identity > identityVersion) {
    return yield* refuseStamp(
      "the store was written by a newer version of this program",
      "start that version, or a newer one"
    )
  }
  const identitySince = yield* Clock.currentTimeMillis
  const changed = stamp.identity === identityVersion ? {} : { identity: identityVersion, identitySince }
  const id = stampIdOf(deploymentIdOf(stamp), storeFormat)
  return yield* replace({ ...stamp, ...changed, id, format: storeFormat })
})
