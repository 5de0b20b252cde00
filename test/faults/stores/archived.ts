import { randomBytes } from "node:crypto"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type AnyOptions, RedisStore } from "../../../layers/redis/client.ts"
import * as Deployment from "../../../layers/redis/deployment/deployment.ts"
import { layer } from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { IntentId } from "../../../src/domain/ids.ts"
import type { IntentRecord } from "../../../src/domain/intent.ts"
import { IntentLedger, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { acceptanceOf, claimOf, failure, messageId } from "../../contracts/intent-ledger/subject.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { eventually, opened } from "../../layers/redis/opened.ts"

export type Ledger = IntentLedger["Service"]

/** A ledger with its own connection to the store. */
export interface Opened {
  readonly ledger: Ledger
  readonly store: RedisStore["Service"]
}

/** Makes a function that opens ledgers on one store of one partition, with the same sealing key. */
export const ledgersAt = (at: AnyOptions) =>
  Effect.map(
    Layer.build(testSealer),
    (sealing) =>
      (retention: Partial<IntentRetention> = {}) =>
        Effect.gen(function* () {
          const store = yield* opened(at)
          const built = yield* Layer.build(
            layer({ settle: 0, ...retention }).pipe(
              Layer.provide(Layer.succeed(Sealer, Context.get(sealing, Sealer))),
              Layer.provide(Deployment.layer({ environment: "local", partitions: 1 })),
              Layer.provide(Layer.succeed(RedisStore, store)),
              Layer.fresh
            )
          )
          return { store, ledger: Context.get(built, IntentLedger) } satisfies Opened
        })
  )

export const randomId = () => IntentId.make(`int_${randomBytes(16).toString("hex")}`)

/** Claims this many intents and settles them: every third one failed for good, the others sent. Returns their records. */
export const ended = (ledger: Ledger, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, at) => at),
    (at) =>
      Effect.gen(function* () {
        const intentId = randomId()
        const answer = yield* ledger.claim(claimOf(intentId))
        assert.strictEqual(answer._tag, "Claimed")
        yield* ledger.settle(
          intentId,
          1,
          "token-1",
          at % 3 === 2
            ? { state: "failed", failure: failure() }
            : { state: "sent", receipt: { messageId }, mark: randomBytes(16).toString("hex") }
        )
        const record = yield* ledger.get(intentId)
        if (record === undefined || record === "expired") return yield* Effect.die(`expected a record: ${record}`)
        return record
      }),
    { concurrency: 32 }
  )

/** Archives until nothing is left to archive, and goes on when the store was away. */
export const archiveAll = (ledger: Ledger): Effect.Effect<void> =>
  Effect.flatMap(eventually(ledger.archive(0)), (count) => (count === 0 ? Effect.void : archiveAll(ledger)))

let repeats = 0

type Said = readonly [call: string, answer: unknown]

const heldRecord = (answer: { readonly _tag: string; readonly record?: IntentRecord }): unknown => [
  answer._tag,
  answer.record
]

/** Repeats an intent in every way, and returns each answer. */
const callsFor = (
  ledger: Ledger,
  intentId: IntentId
): ReadonlyArray<readonly [string, Effect.Effect<unknown, InfraError>]> => {
  const token = `repeat-${(repeats += 1)}`
  return [
    ["claim", Effect.map(ledger.claim(claimOf(intentId, token)), heldRecord)],
    ["accept", Effect.map(ledger.accept(acceptanceOf(intentId, `${token}-later`)), heldRecord)],
    ["peek", Effect.map(ledger.peek(intentId, "mac-of-content"), heldRecord)],
    ["peek other", Effect.map(ledger.peek(intentId, "other"), heldRecord)],
    ["get", ledger.get(intentId)]
  ]
}

const before = (record: IntentRecord): ReadonlyArray<Said> => [
  ["claim", ["Held", record]],
  ["accept", ["Held", record]],
  ["peek", ["Held", record]],
  ["peek other", ["OtherContent", record]],
  ["get", record]
]

const expired: ReadonlyArray<Said> = [
  ["claim", ["Expired", undefined]],
  ["accept", ["Expired", undefined]],
  ["peek", ["Expired", undefined]],
  ["peek other", ["Expired", undefined]],
  ["get", "expired"]
]

/** A way to call a store: until it answers, or once, when a refusal of the store counts as no answer. */
type Way = (call: Effect.Effect<unknown, InfraError>) => Effect.Effect<unknown>

const noAnswer = Symbol("no answer")
export const insisting: Way = eventually
export const once: Way = (call) => Effect.catch(call, () => Effect.succeed(noAnswer))

/** Repeats each intent in every way. Fails when an answer is another one. Returns the number of calls that were answered. */
const repeat = (
  ledger: Ledger,
  records: ReadonlyArray<IntentRecord>,
  expected: (record: IntentRecord) => ReadonlyArray<Said>,
  way: Way
) =>
  Effect.map(
    Effect.forEach(
      records,
      (record) =>
        Effect.gen(function* () {
          const right = new Map(expected(record))
          const each = yield* Effect.forEach(
            callsFor(ledger, record.intentId),
            ([call, run]) => Effect.map(way(run), (answer) => [call, answer] as const),
            { concurrency: "unbounded" }
          )
          const answered = each.filter(([, answer]) => answer !== noAnswer)
          for (const [call, answer] of answered) {
            assert.deepStrictEqual(answer, right.get(call), `${call} of ${record.intentId}`)
          }
          return answered.length
        }),
      { concurrency: "unbounded" }
    ),
    (each) => each.reduce((sum, answered) => sum + answered, 0)
  )

/** Repeats each intent in every way, and requires the record of before. */
export const asBefore = (ledger: Ledger, records: ReadonlyArray<IntentRecord>, way: Way = insisting) =>
  repeat(ledger, records, before, way)

/** Repeats each intent in every way, and requires that it is expired. */
export const asExpired = (ledger: Ledger, records: ReadonlyArray<IntentRecord>, way: Way = insisting) =>
  repeat(ledger, records, () => expired, way)
