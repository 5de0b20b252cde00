import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Answer } from "../../support/http.ts"
import { becomes } from "../../support/test-bed.ts"
import { everyLevel, type Setup, type Wish, wish } from "../crash/setup.ts"
import { judge } from "../crash/verdict.ts"
import type { Replica } from "../support/replica.ts"

/** What may be answered while a store is in trouble: that it is sent or accepted, to wait, or that nobody knows. */
const honest = new Set([200, 202, 409, 503, 504])

const wishes = (count: number): ReadonlyArray<Wish> =>
  Array.from({ length: count }, (_, n) => ({
    key: `through-${n}`,
    level: everyLevel[n % 3] ?? "verified",
    script: ["answer"],
    later: n % 4 === 3
  }))

/** Asks one gateway after the other until one says how it ended, or that nobody knows. */
const insist = Effect.fnUntraced(function* (
  { provider }: Setup,
  gateways: ReadonlyArray<Replica>,
  one: Wish,
  answers: Array<Answer>
) {
  for (let attempt = 0; ; attempt++) {
    const gateway = gateways[attempt % gateways.length]
    const answer =
      gateway === undefined ? undefined : yield* Effect.option(Effect.timeout(wish(gateway, one), "8 seconds"))
    if (answer?._tag === "Some") {
      answers.push(answer.value)
      if (answer.value.at("state") === "sent") assert.isAbove(provider.performedFor(one.key).length, 0, "a wrong sent")
      if (answer.value.status === 200 || answer.value.status === 202 || answer.value.status === 504) return
    }
    yield* Effect.sleep("50 millis")
  }
})

/** Two replicas send for many callers while `trouble` happens in the middle; afterwards every intent has one end. */
export const sendThrough = <E, R>(setup: Setup, trouble: Effect.Effect<unknown, E, R>, count = 120) =>
  Effect.gen(function* () {
    const gateways = yield* Effect.all([setup.start, setup.start], { concurrency: 2 })
    const [one] = gateways
    const answers: Array<Answer> = []
    const all = wishes(count)
    const sending = yield* Effect.forkScoped(
      Effect.forEach(all, (each) => insist(setup, gateways, each, answers), { concurrency: 4, discard: true })
    )
    yield* setup.provider.performed.atLeast(count / 6)
    yield* trouble
    yield* Fiber.join(sending)
    yield* becomes(one.get("/readyz"), ({ status }) => status === 200)
    const ends = yield* Effect.forEach(all, (each) => judge(one, setup, each), { concurrency: 16 })
    assert.deepStrictEqual(
      ends.flatMap(({ wrong }) => wrong),
      []
    )
    const dishonest = answers.filter(({ status }) => !honest.has(status))
    assert.deepStrictEqual(
      dishonest.map(({ status, text }) => `${status} ${text}`),
      []
    )
    assert.strictEqual(new Set(ends.map(({ intentId }) => intentId)).size, count)
    return { answers, ends }
  })
