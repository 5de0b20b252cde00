import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { IntentId } from "../../../src/domain/ids.ts"
import { IntentLedger, type Settlement } from "../../../src/outbound/ledger/intent-ledger.ts"
import { claimed, contract, failure, messageId, newId, passing, recordOf, type Subject, unknown } from "./subject.ts"

const permutations = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.length < 2
    ? [items]
    : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item].concat(rest)))

const verdicts: ReadonlyArray<Settlement> = [
  { state: "sent", receipt: { messageId } },
  { state: "failed", failure: passing },
  { state: "in_doubt", failure: unknown }
]

const news: ReadonlyArray<ReadonlyArray<string>> = [
  ["verdict", "sent", "failed", "delivered"],
  ["verdict", "failed", "read", "a word of tomorrow"],
  ["verdict", "failed", "failed later", "sent"],
  ["verdict", "failed", "failed later", "failed otherwise"]
]

const reported: Record<string, ReturnType<typeof failure>> = {
  failed: passing,
  "failed later": failure({ code: "131049" }),
  "failed otherwise": failure({ code: "131026" })
}

const hear = Effect.fnUntraced(function* (intentId: IntentId, piece: string, verdict: Settlement) {
  const ledger = yield* IntentLedger
  if (piece === "verdict") return yield* ledger.settle(intentId, 1, "token-1", verdict)
  const report = reported[piece]
  const late = { intentId, attempt: 1, status: report === undefined ? piece : "failed", messageId }
  return yield* ledger.evidence(report === undefined ? late : { ...late, failure: report })
})

export const ordering = <R, E>(subject: Subject<R, E>) => {
  const test = contract(subject)

  for (const verdict of verdicts) {
    for (const pieces of news) {
      test(
        `G19 ${[verdict.state, ...pieces.slice(1)].join(", ")} give an equal record in every order`,
        Effect.gen(function* () {
          const ends = yield* Effect.forEach(permutations(pieces), (order) =>
            Effect.gen(function* () {
              const intentId = newId()
              yield* claimed(intentId)
              for (const piece of order) yield* hear(intentId, piece, verdict)
              const { state, delivery, receipt, failure, timeline } = yield* recordOf(intentId)
              const whats = new Set(timeline.map(({ what }) => what).sort())
              return { state, delivery, receipt, failure, whats: [...whats] }
            })
          )
          for (const end of ends) assert.deepStrictEqual(end, ends[0])
        })
      )
    }
  }
}
