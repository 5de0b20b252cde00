import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { takesOneSlot } from "../failure.ts"

/** Partitions at once, where each is asked by itself. */
const concurrency = 8

/**
 * Asks for several partitions in one script; where the store takes one hash slot a script, as a cluster does behind an
 * address that hides it, for each partition in one of its own. Answers part after part.
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
