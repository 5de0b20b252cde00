import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { attest } from "../../src/attestation/statement.ts"
import { certificateKind, certificateSubjects } from "../../src/readiness/certificate.ts"
import { openCertificate } from "../../src/readiness/offered.ts"
import { openEvidence } from "../../src/readiness/promotion.ts"
import { verifyBundle } from "../../src/readiness/verified-bundle.ts"
import { cryptography } from "../attestation/keys.ts"
import { signed } from "../release/sample.ts"
import * as Promoted from "./promoted.ts"

const { digest, now, plain, promoted, release, resigned } = Promoted
const day = 86_400_000

layer(cryptography)("promotion", (it) => {
  it.effect("evidence that proves every row gives a certificate of the one platform that was seen working", () =>
    Effect.gen(function* () {
      const { bundle, certificate, judged, keys } = yield* promoted
      assert.deepStrictEqual(
        judged.verdict.rows.filter(({ state }) => state !== "GO"),
        []
      )
      assert.deepStrictEqual(judged.unproven, ["linux-arm64"])
      assert.deepStrictEqual(certificate.platforms, {
        "linux-x64": { manifest: release, image: digest("image"), core: digest("core"), storage: digest("storage") }
      })
      assert.deepStrictEqual(
        certificate.proven.map(({ capabilities, connector, variant }) => [connector, variant, capabilities.length]),
        [
          ["whatsapp", "cloud_v25.0", 4],
          ["instagram", "login_instagram", 3]
        ]
      )
      assert.deepStrictEqual(certificate.world["store"], { versionLine: "7.2" })
      assert.deepStrictEqual(certificate.chosen["store"], { topology: "server", durability: "host" })
      const drills = Object.values(certificate.records).flatMap(({ by }) => (by.kind === "drill" ? [by] : []))
      assert.isAbove(drills.length, 5)
      assert.deepInclude(drills[0], { run: "run-3", runs: 3, client: "ops" })
      const verified = yield* verifyBundle(bundle, keys.trust, now)
      assert.deepStrictEqual(
        verified.claims.map(({ state }) => state),
        ["proven", "proven", "proven", "proven", "proven"]
      )
      assert.strictEqual(verified.outcome, "go")
    })
  )

  it.effect("a certificate is activated within 14 days, and reproven at the first end of a proof of 90 days", () =>
    Effect.gen(function* () {
      const { certificate, keys } = yield* promoted
      assert.strictEqual(certificate.activateBefore, now + 14 * day)
      assert.strictEqual(certificate.reproveBy, now - 3_600_000 + 90 * day)
      const older = yield* Promoted.promotedBy(keys, {
        change: (one) => (one.row === "5.2.1" ? { ...one, first: now - 80 * day, at: now - 80 * day } : one)
      })
      assert.strictEqual(older.judged.certificate?.predicate.reproveBy, now + 10 * day)
    })
  )

  it.effect("a certificate that is old is authentic, and its ends are named apart", () =>
    Effect.gen(function* () {
      const { bundle, keys } = yield* promoted
      const later = yield* verifyBundle(bundle, keys.trust, now + 730 * day)
      assert.strictEqual(later.outcome, "go")
      assert.deepInclude(later.times, { mayStillBeActivated: false, isToBeReproven: true })
      const early = yield* verifyBundle(bundle, keys.trust, now + day)
      assert.deepInclude(early.times, { mayStillBeActivated: true, isToBeReproven: false })
    })
  )

  it.effect("a policy of a later version is reported as unknown, and not as forged", () =>
    Effect.gen(function* () {
      const { bundle, certificate, keys } = yield* promoted
      const later = { ...certificate, policy: { ...certificate.policy, version: 99 } }
      const text = yield* resigned(bundle, plain(later), keys)
      const { claims, outcome } = yield* verifyBundle(text, keys.trust, now)
      assert.strictEqual(outcome, "unknown_version")
      assert.include(claims.at(-1)?.said, "found 99")
    })
  )

  it.effect("a certificate by another key, of another role or out of its time is refused", () =>
    Effect.gen(function* () {
      const { bundle, certificate, keys } = yield* promoted
      const by = (key: Promoted.TrustedKeys["promote"], at = certificate.issuedAt) => {
        const predicate = { ...certificate, issuedAt: at }
        const [first, ...rest] = certificateSubjects(predicate)
        return first === undefined
          ? Effect.die("no subject")
          : attest(certificateKind, { subject: [first, ...rest], predicate: plain(predicate) }, [key])
      }
      const of = (text: string) => Effect.map(Effect.flip(openCertificate(text, keys.trust)), ({ message }) => message)
      assert.include(yield* of(yield* by(keys.recorder)), "expected a signature by")
      assert.include(yield* of(yield* by((yield* Promoted.trustedKeys).promote)), "expected a signature by")
      assert.include(yield* of(yield* by(keys.promote, Date.UTC(2024, 1, 1))), "expected a time at which its key")
      assert.strictEqual((yield* verifyBundle(bundle, keys.trust, now)).outcome, "go")
    })
  )

  it.effect("evidence of the wrong recorder, and a build record by another key, are refused", () =>
    Effect.gen(function* () {
      const [keys, strangers] = [yield* Promoted.trustedKeys, yield* Promoted.trustedKeys]
      const given = yield* Promoted.givenBy(keys)
      const refused = (more: Partial<typeof given>) => Effect.flip(openEvidence({ ...given, ...more }))
      const evidence = yield* Promoted.exportBy(strangers)
      assert.strictEqual((yield* refused({ evidence }))._tag, "AttestationRefused")
      for (const key of [strangers.build, keys.promote, keys.recorder]) {
        const builds = [{ path: "build.json", text: yield* signed(Promoted.built, key) }]
        assert.strictEqual((yield* refused({ builds }))._tag, "BuildRefused")
      }
    })
  )

  it.effect("a verdict that is not GO gives no certificate, and a clock behind the store is UNKNOWN", () =>
    Effect.gen(function* () {
      const keys = yield* Promoted.trustedKeys
      const { judged } = yield* Promoted.promotedBy(keys, { change: (one) => (one.row === "1.1.2" ? undefined : one) })
      assert.isUndefined(judged.certificate)
      assert.strictEqual(judged.verdict.exitCode, 1)
      const behind = yield* Promoted.promotedBy(keys, { now: now - 3_700_000 })
      assert.strictEqual(behind.judged.verdict.exitCode, 3)
      assert.isUndefined(behind.judged.certificate)
      const unbuilt = yield* Promoted.promotedBy(keys, { exported: { release: digest("another") } })
      assert.strictEqual(unbuilt.judged.verdict.state, "NO-GO")
    })
  )
})
