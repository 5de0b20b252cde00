import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type Channel, Channels } from "../../../src/connector/channel.ts"
import { toTestPeople } from "../../../src/outbound/intent/test-people.ts"
import { fixtureChannel } from "../../fakes/channel.ts"
import { digest } from "../../plugins/digest.ts"
import * as RecordedLog from "../../fakes/log.ts"
import { accept, body, harnessOf, mark, submit } from "../harness.ts"
import { Provider } from "../provider.ts"

const ana = "+15550001111"
const stranger = "+15550002222"

/** Test people whose secrets a test may change. */
const people = (...values: Array<string>) => ({
  values,
  channel: Effect.map(fixtureChannel(), (channel): Channel =>
    toTestPeople(channel, {
      digest,
      people: values.map((_, at) => ({
        current: () => Redacted.make(values[at] ?? ""),
        candidates: () => [Redacted.make(values[at] ?? ""), Redacted.make(stranger)]
      }))
    })
  )
})

const sendingTo = ({ channel }: ReturnType<typeof people>) =>
  harnessOf(
    Layer.effect(
      Channels,
      Effect.map(channel, (one) => new Map([["fixture", one]]))
    )
  )

describe("test people of staging", () => {
  it.effect("G40 a test person is written to, however the recipient is spelled", () =>
    Effect.gen(function* () {
      for (const [key, to] of [
        ["k1", ana],
        ["k2", "+1555 000 1111"]
      ] as const) {
        assert.strictEqual((yield* submit(key, body({ to }))).state, "sent", to)
      }
    }).pipe(Effect.provide(sendingTo(people(stranger.replace("2222", "3333"), ana))))
  )

  it.effect("G40 any other recipient is refused, at once or later, and nothing is claimed or called", () =>
    Effect.gen(function* () {
      const provider = yield* Provider
      for (const performing of [submit, accept]) {
        for (const capability of ["post", "reply", "say", "poke"]) {
          const answer = yield* performing("k1", body({ capability, to: stranger }))
          assert.strictEqual(answer.state, "failed")
          assert.deepInclude(answer.failure, {
            class: "PayloadError",
            code: "not_a_test_person",
            certainty: "not_applied"
          })
          assert.deepStrictEqual(
            answer.issues?.map(({ path }) => path),
            [["to"]]
          )
          assert.isTrue(answer.safeNewKey)
        }
      }
      assert.deepStrictEqual(provider.attempts.all, [])
      // The key was not taken: a test person may be written to with it.
      assert.strictEqual((yield* submit("k1", body({ to: ana }))).state, "sent")
    }).pipe(Effect.provide(sendingTo(people(ana))))
  )

  it.effect(
    "G40 every capability with a recipient is refused where no test person is configured, and any other goes on",
    () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* submit("k1", body({ to: ana }))).failure?.code, "not_a_test_person")
        assert.strictEqual((yield* submit("k2", mark)).state, "sent")
      }).pipe(Effect.provide(sendingTo(people())))
  )

  it.effect("G40 the current version of a secret decides, and a previous one does not", () => {
    const known = people(ana)
    return Effect.gen(function* () {
      assert.strictEqual((yield* submit("k1", body({ to: stranger }))).state, "failed")
      known.values[0] = stranger
      assert.strictEqual((yield* submit("k2", body({ to: stranger }))).state, "sent")
      assert.strictEqual((yield* submit("k3", body({ to: ana }))).state, "failed")
    }).pipe(Effect.provide(sendingTo(known)))
  })

  it.effect("a wrong input is reported before the recipient, and no line or error holds a recipient", () =>
    Effect.gen(function* () {
      const wrong = yield* submit("k1", body({ to: stranger, input: { text: "" } }))
      assert.strictEqual(wrong.failure?.code, "invalid_request")
      const refused = yield* submit("k2", body({ to: stranger }))
      const log = yield* RecordedLog.RecordedLog
      const written = JSON.stringify([wrong, refused, log.lines])
      for (const number of [ana, stranger]) assert.notInclude(written, number.slice(1))
    }).pipe(Effect.provide(sendingTo(people(ana))))
  )
})
