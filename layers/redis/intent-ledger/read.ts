import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { claimableAnew } from "../../../src/domain/intent.ts"
import type { IntentLedger, Kept, PeekAnswer } from "../../../src/outbound/ledger/intent-ledger.ts"
import type { Script } from "../scripting/script.ts"
import { type Desk, isTimedRecord, type TimedRecord } from "./context.ts"
import { read, readDurably } from "./scripts/read.ts"

const isReadReply = (reply: unknown): reply is TimedRecord | "expired" | null =>
  reply === null || reply === "expired" || isTimedRecord(reply)

const free = Effect.succeed<PeekAnswer>({ _tag: "Free" })

/** One intent, looked at. */
export const looking = ({ store, askFor, keysOf, opened, recordOf, sealer }: Desk) => {
  const askRead = askFor(isReadReply)
  const readIntent = (intentId: IntentId) => askRead(read, keysOf.read(intentId), [], Effect.succeed)

  const peekBy = (script: Script, intentId: IntentId, content: string): Effect.Effect<PeekAnswer, InfraError> =>
    askRead(script, keysOf.read(intentId), [], (answer) => {
      if (answer === null) return free
      if (answer === "expired") return Effect.succeed({ _tag: "Expired" })
      return Effect.map(opened(script, intentId, ...answer), ({ record, content: known }): PeekAnswer => {
        if (known !== content) return { _tag: "OtherContent", record }
        return claimableAnew(record.state, record.failure)
          ? { _tag: "Free", record }
          : { _tag: "Held", record, now: answer[0] }
      })
    })

  /** What is free is claimed before anybody counts on it; what is not counts no sooner than a first write (G3). */
  const peek = (intentId: IntentId, content: string) =>
    Effect.flatMap(peekBy(read, intentId, content), (found) =>
      found._tag === "Free" || !store.replicated ? Effect.succeed(found) : peekBy(readDurably, intentId, content)
    )

  return {
    peek,
    get: Effect.fnUntraced(function* (intentId: IntentId) {
      const answer = yield* readIntent(intentId)
      if (answer === null) return undefined
      return answer === "expired" ? answer : yield* recordOf(read, intentId, ...answer)
    }),
    kept: Effect.fnUntraced(function* (intentId: IntentId): Effect.fn.Return<Kept | "expired" | undefined, InfraError> {
      const answer = yield* readIntent(intentId)
      if (answer === null) return undefined
      if (answer === "expired") return answer
      const { record, lane, request } = yield* opened(read, intentId, ...answer)
      const kept = { record, now: answer[0], ...(lane === undefined ? {} : { lane }) }
      if (request === undefined) return kept
      return yield* Effect.match(sealer.open(request), {
        onSuccess: (text): Kept => ({ ...kept, request: text }),
        onFailure: (): Kept => ({ ...kept, unreadable: true })
      })
    }),
    sameContent: Effect.fnUntraced(function* (intentId: IntentId, content: string) {
      const answer = yield* readIntent(intentId)
      if (answer === null || answer === "expired") return undefined
      return (yield* opened(read, intentId, ...answer)).content === content
    })
  } satisfies Partial<IntentLedger["Service"]>
}
