import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { type Act, appliedAndLost, lost, passes, refused } from "../fakes/faults.ts"
import { IntentLedgerFaults } from "../fakes/intent-ledger.ts"
import { body, harness, mark, submit } from "../outbound/harness.ts"
import { noAnswer, notConnected, Provider, sent, status } from "../outbound/provider.ts"

const acts: Readonly<Record<string, Act>> = {
  passes,
  refused: refused(),
  lost: lost(),
  appliedAndLost: appliedAndLost()
}
const ends = { sent: sent(), noAnswer, notConnected, fails: status(500), refuses: status(400), busy: status(429) }

const Case = Schema.Struct({
  /** Idempotent, or one that is proven. */
  marks: Schema.Boolean,
  claims: Schema.Array(Schema.Literals(["passes", "refused", "lost", "appliedAndLost"])),
  settles: Schema.Array(Schema.Literals(["passes", "refused", "lost", "appliedAndLost"])),
  releases: Schema.Array(Schema.Literals(["passes", "refused", "lost", "appliedAndLost"])),
  provider: Schema.Array(Schema.Literals(["sent", "noAnswer", "notConnected", "fails", "refuses", "busy"])),
  /** Callers at once, of each round. */
  callers: Schema.Array(Schema.Literals([1, 2, 3]))
})

/** Whether the provider may have performed a request that ended so. */
const mayAct = new Set(["sent", "noAnswer", "fails"])

const play = ({ marks, claims, settles, releases, provider: script, callers }: typeof Case.Type) =>
  Effect.gen(function* () {
    const ledger = yield* IntentLedgerFaults
    const provider = yield* Provider
    const named = (words: ReadonlyArray<string>) => words.map((word) => acts[word] ?? passes)
    ledger.next("claim", ...named(claims))
    ledger.next("settle", ...named(settles))
    ledger.next("release", ...named(releases))
    provider.respondsWith((nth) => ends[script[nth - 1] ?? "sent"])
    const states: Array<string> = []
    for (const many of [...callers, 1]) {
      const submissions = Array.from({ length: many }, () => submit("k", marks ? mark : body()))
      const fiber = yield* Effect.forkChild(Effect.all(submissions, { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 minute")
      for (const { state, outcome } of yield* Fiber.join(fiber)) {
        if (outcome === "sent") states.push(state)
      }
    }
    const performed = provider.sent.all.filter((_, at) => mayAct.has(script[at] ?? "sent")).length
    if (performed > (marks ? 3 : 1)) return yield* Effect.fail(`performed ${performed} times`)
    if (states.includes("sent") && performed === 0) return yield* Effect.fail("a wrong sent")
    if (states.length > 1) return yield* Effect.fail("two callers are told that theirs was the one")
  }).pipe(Effect.provide(harness))

describe("intents over a failing store and provider", () => {
  it.effect(
    "I1 I4 G7 G17 each intent has at most one effect in 1500 random cases",
    () =>
      Effect.gen(function* () {
        const result = yield* Arbitrary.checkEffect(Arbitrary.schema(Case), (one) => Effect.as(play(one), true), {
          runs: 1_500
        })
        if (result._tag !== "Passed") assert.fail(Arbitrary.formatCheckFailure(result))
      }),
    120_000
  )
})
