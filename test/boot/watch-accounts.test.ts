import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as MemoryAccounts from "../../layers/memory/accounts.ts"
import { memoryLastProofs } from "../../layers/memory/deployment.ts"
import { LastProofs, credentialOf } from "../../src/boot/last-proofs.ts"
import { type Dead, layer } from "../../src/boot/watch-accounts.ts"
import { type ChannelAccount, Channels } from "../../src/connector/channel.ts"
import { type ProbeResult, refusedProbe } from "../../src/connector/probe.ts"
import { accountRefs } from "../../src/outbound/accounts/account-states.ts"
import { Accounts } from "../../src/outbound/accounts/accounts.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { fixtureChannel } from "../fakes/channel.ts"
import { scriptedProvider } from "../fakes/provider-http.ts"
import * as RecordedLog from "../fakes/log.ts"
import { idHash } from "../outbound/harness.ts"
import { digest } from "../plugins/digest.ts"

const testLayer = Layer.mergeAll(MemoryAccounts.layer(), memoryLastProofs, idHash, RecordedLog.layer, scriptedProvider)

/** One account that is watched, whose probe says what a test wants. */
const harness = Effect.fnUntraced(function* (refusedAtBoot = false) {
  const channel = yield* fixtureChannel()
  const front = channel.accounts.get("front")
  if (front === undefined) return assert.fail("expected an account")
  let says: ProbeResult = { _tag: "Proven", findings: [] }
  let probes = 0
  let token = "of yesterday"
  let rotatesMeanwhile = false
  const account: ChannelAccount = {
    ...front,
    credentials: () => [Redacted.make(token)],
    probe: Effect.sync(() => {
      probes++
      if (rotatesMeanwhile) token = "of today"
      return says
    })
  }
  const watched = { ...channel, accounts: new Map([["front", account]]) }
  const dead: ReadonlyArray<Dead> = refusedAtBoot ? [{ channel: watched, account, code: "190" }] : []
  yield* Layer.build(layer(digest, dead).pipe(Layer.provide(Layer.succeed(Channels, new Map([[channel.id, watched]])))))
  const accounts = yield* Accounts
  const proofs = yield* LastProofs
  const refOf = accountRefs(yield* IdHash)
  return {
    log: yield* RecordedLog.RecordedLog,
    probes: () => probes,
    says: (next: ProbeResult) => {
      says = next
    },
    rotateMeanwhile: () => void (rotatesMeanwhile = true),
    since: Effect.suspend(() => proofs.since(credentialOf(channel, account, digest))),
    paused: Effect.suspend(() => Effect.map(accounts.look(refOf(channel, account)), (pause) => pause?.why))
  }
})

describe("watched account", () => {
  it.effect("G37 an account is probed about once an hour, and the proof is stored for the next boot", () =>
    Effect.gen(function* () {
      const { probes, since, paused } = yield* harness()
      yield* TestClock.adjust("50 minutes")
      assert.strictEqual(probes(), 0)
      yield* TestClock.adjust("24 hours")
      assert.isAtLeast(probes(), 21)
      assert.isAtMost(probes(), 28)
      assert.isBelow((yield* since) ?? Infinity, 4_000_000)
      assert.isUndefined(yield* paused)
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("the watch logs alarms of an account, such as an expiry ahead", () =>
    Effect.gen(function* () {
      const { says, log } = yield* harness()
      says({ _tag: "Proven", findings: [{ about: "expiry", state: "alarm", problem: "soon" }], expiresAt: 86_400_000 })
      yield* TestClock.adjust("70 minutes")
      const [line] = log.of("account.alarm")
      assert.deepStrictEqual<unknown>([line?.fields.accountId, line?.fields.failureCode], ["front", "expiry"])
    }).pipe(Effect.provide(testLayer))
  )

  it.effect("an account is paused once its credential is rejected, and not while the probe is unknown", () =>
    Effect.gen(function* () {
      const { says, paused, log } = yield* harness()
      says({ _tag: "Unknown", code: "network_dns", problem: "its name is not known" })
      yield* TestClock.adjust("70 minutes")
      assert.isUndefined(yield* paused)
      says(refusedProbe("token", "190", "the token has expired", "make a new one"))
      yield* TestClock.adjust("3 hours")
      assert.strictEqual(yield* paused, "auth")
      assert.lengthOf(log.of("account.paused"), 1)
    }).pipe(Effect.provide(testLayer))
  )

  for (const [what, said] of [
    ["G27 a rejection pauses no account", refusedProbe("token", "190", "the token has expired", "make a new one")],
    ["G37 a success stores no proof", { _tag: "Proven", findings: [] }]
  ] as const) {
    it.effect(`${what} when the credential was rotated during the probe`, () =>
      Effect.gen(function* () {
        const { says, rotateMeanwhile, probes, paused, since } = yield* harness()
        says(said)
        rotateMeanwhile()
        yield* TestClock.adjust("70 minutes")
        assert.strictEqual(probes(), 1)
        assert.isUndefined(yield* paused)
        assert.isUndefined(yield* since)
      }).pipe(Effect.provide(testLayer))
    )
  }

  it.effect("G37 an account is paused from the start when the boot accepted its dead credential", () =>
    Effect.gen(function* () {
      const { paused } = yield* harness(true)
      assert.strictEqual(yield* paused, "auth")
    }).pipe(Effect.provide(testLayer))
  )
})
