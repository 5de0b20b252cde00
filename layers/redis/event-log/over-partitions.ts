import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { takesOneSlot } from "../failure.ts"

/** Scripts at once when each partition has one of its own. */
const concurrency = 8

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
      Effect.forEach(parts, (part) => ask([part]), { concurrency }),
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
