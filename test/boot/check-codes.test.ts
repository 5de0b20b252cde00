import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as MemorySecrets from "../../layers/secrets/memory.ts"
import { blocked, formatReport, shownChecks } from "../../src/boot/report.ts"
import { asTold, secretChecks } from "../../src/boot/secret-checks.ts"
import { badSecret, storeProblem } from "../../src/boot/store-check.ts"
import { InfraError } from "../../src/domain/failure.ts"
import { encode } from "../../src/log/encode.ts"
import { BadSecret, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"
import { layer as secretsLayer, Secrets } from "../../src/secrets/secrets.ts"
import * as FakeLog from "../fakes/log.ts"

const storeError = (code: string) =>
  new InfraError({ code, operation: "connect to the store", certainty: "not_applied", transient: true })

const held = MemorySecrets.layer(new Map([["meta/app-secret", { current: Redacted.make("app-secret-7f1c0de5") }]]))
const mute = Layer.succeed(SecretStore, {
  kind: "mute",
  read: (ref) => Effect.fail(new SecretUnavailable({ ref, reason: "it does not answer", remedy: "wait" }))
})
const codesWith = (store: Layer.Layer<SecretStore>) =>
  secretChecks(["meta/app-secret", "meta/verify-token"]).pipe(
    Effect.map((checks) => checks.map(({ code }) => code)),
    Effect.provide(secretsLayer().pipe(Layer.provide(store), Layer.provide(FakeLog.layer)))
  )

describe("codes of the boot checks", () => {
  it.effect("a secret that is missing has another code than a secret store that does not answer", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* codesWith(held), [undefined, "absent"])
      assert.deepStrictEqual(yield* codesWith(mute), ["unreadable", "unreadable"])
      assert.strictEqual(badSecret(new BadSecret({ ref: "a", reason: "short", remedy: "longer" })).code, "unfit")
    })
  )

  it.effect("a later check of a missing secret gives the same code", () =>
    Effect.gen(function* () {
      const told = asTold(yield* Secrets, yield* secretChecks(["meta/verify-token"]))
      const unread = yield* Effect.flip(told.handle("meta/verify-token"))
      assert.strictEqual(badSecret(unread).code, "absent")
    }).pipe(Effect.provide(secretsLayer().pipe(Layer.provide(held), Layer.provide(FakeLog.layer))))
  )

  it("a store at a closed port has another code than a store that rejects the login or has another certificate", () => {
    const codes = ["store_unavailable", "store_closed", "store_login", "store_tls"].map(
      (code) => storeProblem(storeError(code))[0]?.code
    )
    assert.deepStrictEqual(codes, ["unreachable", "unreachable", "refused", "untrusted"])
  })

  it("a blocked check names the check that it waits for, in the report of a program and in the log", () => {
    const [check] = shownChecks([blocked("store.stamp", "store.reachable")])
    assert.deepInclude(check, { state: "blocked", code: "blocked", waitsFor: "store.reachable" })
    const line = encode({ time: 0, level: "fatal", event: "boot.refused", fields: { checks: check ? [check] : [] } })
    assert.deepStrictEqual(JSON.parse(line).checks[0], check)
  })

  it("the report of a person shows the code of a failure after its problem", () => {
    assert.match(
      formatReport(storeProblem(storeError("store_closed"))),
      /^failed {3}store\.reachable {2}.+ \[unreachable\]$/m
    )
  })
})
