import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { memoryLastProofs } from "../../layers/memory/deployment.ts"
import { LastProofs, noProofs } from "../../src/boot/last-proofs.ts"
import { providerChecks } from "../../src/boot/provider-checks.ts"
import { type ProbeResult, refusedProbe } from "../../src/connector/probe.ts"
import { ProviderHttp } from "../../src/connector/provider-http.ts"
import { fixtureChannel } from "../fakes/channel.ts"

const noCalls = () => Effect.die(new Error("nobody calls"))
const http = Layer.mock(ProviderHttp)({ within: () => ({ call: noCalls, open: noCalls }) })
const proven: ProbeResult = { _tag: "Proven", findings: [{ about: "token", state: "ok" }] }
const unknown: ProbeResult = { _tag: "Unknown", code: "network_dns", problem: "its name is not known" }
const refused = refusedProbe("token", "190", "the token has expired", "make a new one")

const checked = Effect.fnUntraced(function* (
  probe: Effect.Effect<ProbeResult>,
  proofs: LastProofs["Service"],
  dead: "refuse" | "pause" = "refuse",
  credential = "one"
) {
  const channel = yield* fixtureChannel()
  const account = channel.accounts.get("front")
  if (account === undefined) return assert.fail("expected an account")
  const verdicts = yield* providerChecks([{ channel, account: { ...account, probe }, credential }], proofs, dead)
  const [check] = verdicts.checks
  return { ...check, dead: verdicts.dead.length }
}, Effect.provide(http))

describe("G37 credential of an account", () => {
  it.effect("a credential that the provider accepts passes; an alarm is reported and refuses nothing", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* checked(Effect.succeed(proven), noProofs), {
        name: "provider:fixture/front",
        state: "ok"
      })
      const alarm: ProbeResult = {
        _tag: "Proven",
        findings: [{ about: "subscription", state: "alarm", problem: "webhooks are not subscribed" }]
      }
      const check = yield* checked(Effect.succeed(alarm), noProofs)
      assert.strictEqual(check.state, "ok")
      assert.include(check.problem, "webhooks are not subscribed")
    })
  )

  it.effect("a credential that the provider rejects fails the boot, or pauses the account when so configured", () =>
    Effect.gen(function* () {
      const check = yield* checked(Effect.succeed(refused), noProofs)
      assert.deepInclude(check, { state: "failed", code: "auth_190", remedy: "make a new one", dead: 0 })
      assert.include(check.problem, "the token has expired (190)")
      const paused = yield* checked(Effect.succeed(refused), noProofs, "pause")
      assert.deepInclude(paused, { state: "ok", code: "auth_190", dead: 1 })
      assert.include(paused.problem, "paused")
    })
  )

  it.effect("a credential with an unknown probe passes if its present version was proven within a day", () =>
    Effect.gen(function* () {
      const proofs = yield* LastProofs
      const doubtful = (credential = "one") => checked(Effect.succeed(unknown), proofs, "refuse", credential)
      assert.deepInclude(yield* doubtful(), { state: "failed", code: "unproven" })
      yield* checked(Effect.succeed(proven), proofs)
      yield* TestClock.adjust("3 hours")
      const check = yield* doubtful()
      assert.strictEqual(check.state, "ok")
      assert.include(check.problem, "last proven 3h ago")
      assert.deepInclude(yield* doubtful("another"), { state: "failed" })
      yield* TestClock.adjust("21 hours")
      assert.deepInclude(yield* doubtful(), { state: "failed" })
    }).pipe(Effect.provide(memoryLastProofs))
  )

  it.effect("a credential whose provider hangs fails the boot", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(checked(Effect.never, noProofs))
      yield* TestClock.adjust("10 seconds")
      const check = yield* Effect.flatten(Effect.sync(() => fiber.pollUnsafe() ?? Effect.die(new Error("it hangs"))))
      assert.deepInclude(check, { name: "provider:fixture/front", state: "failed", code: "timeout" })
    })
  )
})
