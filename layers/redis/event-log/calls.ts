import * as Effect from "effect/Effect"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Ownership } from "../../../src/inbound/event-log/event-log.ts"
import type { RedisStore, Script } from "../client.ts"
import { takesOneSlot } from "../failure.ts"
import { type KeyName, keysOf } from "../keys.ts"

type Args = ReadonlyArray<string | number>

/**
 * Returns functions that call the event log's scripts, with the stamp before their keys and the deployment before their
 * arguments.
 */
export const callsOf = (store: RedisStore["Service"], deployment: Deployment["Service"]) => {
  const run = (script: Script, partition: number, names: ReadonlyArray<KeyName>, args: Args) => {
    const keys = keysOf(store.prefix, partition)
    return store.run(script, [keys.of("stamp"), ...names.map(keys.of)], [deployment.id, ...args])
  }
  return {
    partitions: Array.from({ length: deployment.partitions }, (_, partition) => partition),
    run,
    /** Calls a script of an owner, with the lease after the stamp and the epoch after the deployment (G30). */
    own:
      (script: Script, { partition, epoch }: Ownership, names: ReadonlyArray<KeyName>) =>
      (...args: Args) =>
        run(script, partition, ["lease", ...names], [epoch, ...args])
  }
}

export type Calls = ReturnType<typeof callsOf>

/** Scripts at once when each partition has one of its own. */
const scriptsAtOnce = 8

/**
 * Runs one script for several partitions, or one for each partition when the store accepts one hash slot a script. A
 * cluster behind a single address does that. Returns the answers part after part.
 */
export const overPartitions = <Part, A>(
  ask: (parts: ReadonlyArray<Part>) => Effect.Effect<ReadonlyArray<A>, InfraError>
) => {
  let apart = false
  const each = (parts: ReadonlyArray<Part>) =>
    Effect.map(
      Effect.forEach(parts, (part) => ask([part]), { concurrency: scriptsAtOnce }),
      (answers) => answers.flat()
    )
  return (parts: ReadonlyArray<Part>): Effect.Effect<ReadonlyArray<A>, InfraError> => {
    if (parts.length < 2) return ask(parts)
    if (apart) return each(parts)
    return Effect.catchIf(ask(parts), takesOneSlot, () => {
      apart = true
      return each(parts)
    })
  }
}
