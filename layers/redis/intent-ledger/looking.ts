import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { claimableAnew } from "../../../src/domain/intent.ts"
import type { IntentLedger, Kept, PeekAnswer } from "../../../src/outbound/intent-ledger.ts"
import { unreadable } from "../failure.ts"
import { type Desk, RecordReply } from "./desk.ts"
import { read } from "./read.ts"

const ReadReply = Schema.Union([Schema.Null, Schema.Literal("expired"), RecordReply])

/** One intent, looked at. */
export const looking = ({ ask, keysOf, opened, recordOf, sealer }: Desk) => {
  const askRead = ask(ReadReply)
  const readIntent = (intentId: IntentId) => askRead(read, keysOf(intentId).read, [])

  return {
    peek: Effect.fnUntraced(function* (intentId: IntentId, content: string): Effect.fn.Return<PeekAnswer, InfraError> {
      const answer = yield* readIntent(intentId)
      if (answer === null) return { _tag: "Free" }
      if (answer === "expired") return { _tag: "Expired" }
      const { record, content: known } = yield* opened(read, intentId, ...answer)
      if (known !== content) return { _tag: "OtherContent", record }
      return claimableAnew(record.state, record.failure)
        ? { _tag: "Free", record }
        : { _tag: "Held", record, now: answer[0] }
    }),
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
      const text = yield* Effect.mapError(sealer.open(request), () => unreadable(read.name))
      return { ...kept, request: text }
    }),
    sameContent: Effect.fnUntraced(function* (intentId: IntentId, content: string) {
      const answer = yield* readIntent(intentId)
      if (answer === null || answer === "expired") return undefined
      return (yield* opened(read, intentId, ...answer)).content === content
    })
  } satisfies Partial<IntentLedger["Service"]>
}
