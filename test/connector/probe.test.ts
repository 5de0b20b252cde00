import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { closeProbe, failedProbe, type Proven } from "../../src/connector/probe.ts"
import { type Failure, InfraError, PayloadError, ProviderError } from "../../src/domain/failure.ts"
import { digest } from "../plugins/digest.ts"
import { scriptedProvider } from "../fakes/provider-http.ts"
import { fixtureChannel } from "../fakes/channel.ts"

const context = { settings: {}, account: {}, secret: () => Redacted.make("secret"), digest }
const day = 86_400_000

const proven = (expiresAt?: number): Proven => ({
  _tag: "Proven",
  findings: [{ about: "token", state: "ok" }],
  ...(expiresAt === undefined ? {} : { expiresAt })
})

const expiryOf = (expiresAt?: number) =>
  closeProbe(() => Effect.succeed(proven(expiresAt)), context).pipe(
    Effect.map((result) =>
      result._tag === "Proven" ? result.findings.filter(({ about }) => about === "expiry") : assert.fail(result._tag)
    ),
    Effect.provide(scriptedProvider)
  )

const provider = (certainty: "not_applied" | "unknown", transient = false) =>
  new ProviderError({
    code: "190",
    certainty,
    transient,
    pauses: { of: "account", why: "auth" },
    detail: "no",
    retryAfter: 7
  })

describe("probe of one account", () => {
  it.effect("G37 a probe announces an expiry two weeks ahead, as an alarm and never as a refusal", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000 * day)
      assert.deepStrictEqual(yield* expiryOf(), [])
      assert.deepStrictEqual(yield* expiryOf(1_014 * day + 1), [{ about: "expiry", state: "ok" }])
      const [soon] = yield* expiryOf(1_014 * day)
      assert.deepInclude(soon, { state: "alarm", problem: "the credential expires within 14 days" })
      const [passed] = yield* expiryOf(1_000 * day)
      assert.deepInclude(passed, { state: "alarm", problem: "the credential has expired" })
    })
  )

  it.effect("a probe with a defect is unknown, and breaks nothing", () =>
    Effect.gen(function* () {
      for (const probe of [() => Effect.die("a secret"), () => assert.fail("a secret")]) {
        const result = yield* closeProbe(probe, context).pipe(Effect.provide(scriptedProvider))
        assert.deepInclude(result, { _tag: "Unknown", code: "defect" })
        assert.notInclude(JSON.stringify(result), "secret")
      }
    })
  )

  it.each([
    ["a certain refusal", provider("not_applied"), "Refused"],
    ["a wrong request", new PayloadError({ code: "100", detail: "no", issues: [] }), "Refused"],
    ["a throttle", provider("not_applied", true), "Unknown"],
    ["a doubt", provider("unknown"), "Unknown"],
    [
      "a network that is down",
      new InfraError({ code: "network_dns", operation: "x", certainty: "not_applied", transient: true }),
      "Unknown"
    ],
    [
      "a request that cannot be made",
      new InfraError({ code: "network_invalid", operation: "x", certainty: "not_applied", transient: false }),
      "Unknown"
    ]
  ] as ReadonlyArray<readonly [string, Failure, string]>)("G37 a probe classifies %s", (_, failure, tag) => {
    const result = failedProbe("token", failure, "make a new one")
    assert.strictEqual(result._tag, tag)
    assert.strictEqual(result.code, failure.code)
  })

  it("a failed probe passes on the wait that the provider demands", () => {
    assert.deepInclude(failedProbe("token", provider("unknown"), ""), { retryAfter: 7 })
  })

  it.effect("a connector may have no probe, and every account names the secrets that its calls use", () =>
    Effect.gen(function* () {
      const { accounts } = yield* fixtureChannel()
      const front = accounts.get("front") ?? assert.fail("no account")
      assert.isUndefined(front.probe)
      assert.deepStrictEqual(front.secretRefs, ["fixture/signing", "fixture/front"])
    })
  )
})
