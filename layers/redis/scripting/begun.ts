import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import { unexpectedReply } from "../failure.ts"

/** The last write of a partition that began something, as the store acknowledged it to this process (G47). */
export interface Begun {
  /** How many there had been in this partition, with that one. */
  readonly count: number
  /** The history of the data set that it is part of: the start of `master_replid`, empty before the first look. */
  readonly history: string
}

/** Remembers the last acknowledged write of each partition that began something. */
export const makeBegun = () => {
  const last = new Map<number, Begun>()
  return {
    last: (partition: number): Begun => last.get(partition) ?? { count: 0, history: "" },
    /** Takes `[reply, [partition, count, history, …]]`, which every script that begins something answers; answers its reply. */
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
