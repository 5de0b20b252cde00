import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { unexpectedReply } from "../failure.ts"

/** Describes the last acknowledged write of a partition that began something, as this process knows it (G47). */
export interface BegunWrite {
  /** Number of such writes in this partition, the last one included. */
  readonly count: number
  /** History of the data set that holds the write: the start of `master_replid`, empty before the first watch. */
  readonly history: string
}

/** Remembers the last acknowledged write of each partition that began something. */
export const makeBegun = () => {
  const last = new Map<number, BegunWrite>()
  return {
    last: (partition: number): BegunWrite => last.get(partition) ?? { count: 0, history: "" },
    /**
     * Reads `[reply, [partition, count, history, …]]`, which every script that begins something returns, and returns
     * its `reply`.
     */
    take: (operation: string, answer: unknown): Effect.Effect<unknown, InfraError> => {
      const [reply, begun] = Array.isArray(answer) ? answer : []
      if (!Array.isArray(begun)) return Effect.fail(unexpectedReply(operation))
      for (let at = 0; at < begun.length; at += 3) {
        last.set(Number(begun[at]), { count: Number(begun[at + 1]), history: String(begun[at + 2]) })
      }
      return Effect.succeed(reply)
    }
  }
}
