import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Answer } from "../../support/http.ts"
import { becomes } from "../../support/test-bed.ts"
import { redisServer } from "../../support/redis-server.ts"
import type { Step } from "../support/steps.ts"
import { bundled } from "./bundled.ts"
import type { Turn } from "./counting-provider.ts"
import { setupAt, report, type Wish, wish } from "./setup.ts"

interface Frozen {
  readonly name: string
  /** Where it stands still; without one, once the provider has acted and keeps silent. */
  readonly step?: Step
  readonly turn?: Turn
  /** `window`: more than 5 s; `deadline`: until the other replica says that no call can be under way. */
  readonly until: "window" | "deadline"
  /** The provider reports while the sender stands still. */
  readonly reported?: true
  /** What the frozen one tells its own caller, and what everybody is told in the end. */
  readonly httpStatus: number
  readonly state: "sent" | "failed" | "in_doubt"
}

const cases: ReadonlyArray<Frozen> = [
  { name: "its claim on the way", step: "IntentLedger.claim sent", until: "window", httpStatus: 503, state: "failed" },
  { name: "its claim written", step: "IntentLedger.claim after", until: "window", httpStatus: 503, state: "failed" },
  { name: "its call before it", step: "ProviderHttp.call before", until: "window", httpStatus: 503, state: "failed" },
  { name: "its claim written", step: "IntentLedger.claim after", until: "deadline", httpStatus: 503, state: "failed" },
  { name: "the request written", turn: "acted", until: "deadline", httpStatus: 504, state: "in_doubt" },
  { name: "the answer received", step: "ProviderHttp.call after", until: "deadline", httpStatus: 200, state: "sent" },
  {
    name: "the end to be written",
    step: "IntentLedger.settle before",
    until: "deadline",
    httpStatus: 200,
    state: "sent"
  },
  {
    name: "the end to be written, and proven",
    step: "IntentLedger.settle before",
    until: "deadline",
    reported: true,
    httpStatus: 200,
    state: "sent"
  }
]

const stateOf = (answer: Answer) => answer.at("state")

const frozen = Effect.fnUntraced(function* ({ step, turn = "answer", until, reported, httpStatus, state }: Frozen) {
  const redis = yield* redisServer()
  const setup = yield* setupAt(redis.url)
  const { provider } = setup
  const [one, other] = yield* Effect.all([setup.start, setup.start], { concurrency: 2 })
  // The server knows the script of a claim from now on, so that one on its way is written although its sender sleeps.
  yield* wish(other, { key: "before", level: "verified", script: ["answer"] })
  const wanted: Wish = { key: "frozen", level: "verified", script: [turn, "answer"] }
  if (step !== undefined) yield* one.arm(step)
  const sendingFiber = yield* Effect.forkScoped(wish(one, wanted))
  yield* step === undefined ? provider.asked(wanted.key) : one.reached(step)
  if (step === undefined) yield* one.freeze
  const early = yield* wish(other, wanted)
  assert.strictEqual(early.status, 409)
  if (until === "window") yield* Effect.sleep("5500 millis")
  else {
    const late = yield* becomes(wish(other, wanted), ({ status }) => status !== 409)
    assert.strictEqual(late.status, 504)
    assert.strictEqual(late.at("safeNewKey"), false)
  }
  if (reported) {
    for (const performed of provider.performedFor(wanted.key)) yield* report(other, performed)
    yield* becomes(wish(other, wanted), ({ status }) => status === 200)
  }
  const before = provider.requests.all.length
  yield* one.thaw
  const answer = yield* Fiber.join(sendingFiber)
  assert.strictEqual(answer.status, httpStatus)
  assert.strictEqual(provider.requests.all.length, before, "it called after it had slept")
  const seen = yield* other.intent(answer.at("intentId"))
  assert.strictEqual(stateOf(seen), state)
  const again = yield* wish(other, wanted)
  if (state === "failed") {
    assert.strictEqual(again.status, 200, "what certainly did nothing is tried again under the same key")
    assert.strictEqual((yield* other.intent(answer.at("intentId"))).at("attempt"), 2)
  } else {
    assert.strictEqual(again.status, httpStatus)
  }
  assert.lengthOf(provider.performedFor(wanted.key), 1)
})

layer(bundled, { concurrent: true, excludeTestServices: true, timeout: "1 minute" })("a sender that sleeps", (it) => {
  for (const one of cases) {
    const long = one.until === "window" ? "for longer than a call may wait to begin" : "past the deadline of its call"
    it.effect(
      `I1 G16 a gateway frozen with ${one.name} ${long} sends nothing when it wakes, and its intent is ${one.state}`,
      () => frozen(one),
      180_000
    )
  }
})
