import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { canonicalJson, type Json } from "../../../src/domain/json.ts"
import { certificateIn, readBundle } from "../../../src/readiness/bundle.ts"
import { verifyBundle } from "../../../src/readiness/verified-bundle.ts"
import { cryptography } from "../../attestation/keys.ts"
import { edited, leavesOf, other } from "../../release/sample.ts"
import * as Promoted from "../../readiness/promoted.ts"

const { now, plain, promoted, resigned } = Promoted

/** One path of each shape: positions in a list, names of rows and digests of records do not make another shape. */
const shapesOf = (value: Json): ReadonlyArray<ReadonlyArray<string>> => [
  ...new Map(
    leavesOf(value).map((path) => [
      path.map((step) => (/^(\d+|sha256:.*|3\.2.*)$/.test(step) ? "*" : step)).join("."),
      path
    ])
  ).values()
]

layer(cryptography)("edited certificates", (it) => {
  it.effect("G41 a certificate with any edited field is refused, since its signature is wrong", () =>
    Effect.gen(function* () {
      const { bundle, keys } = yield* promoted
      const envelope: { readonly payload: string; readonly signatures: Json; readonly payloadType: string } =
        JSON.parse(certificateIn(bundle) ?? "")
      const statement: Json = JSON.parse(Buffer.from(envelope.payload, "base64").toString())
      const paths = shapesOf(statement)
      assert.isAbove(paths.length, 80)
      for (const path of paths) {
        const payload = Buffer.from(canonicalJson(edited(statement, path, other))).toString("base64")
        const text = JSON.stringify({ ...readBundle(bundle), certificate: JSON.stringify({ ...envelope, payload }) })
        const { claims, outcome } = yield* verifyBundle(text, keys.trust, now)
        assert.strictEqual(outcome, "not", path.join("."))
        assert.strictEqual(claims[0]?.state, "not_proven", path.join("."))
      }
    })
  )

  it.effect("G41 a certificate with any edited field that the promotion key signs again is no GO of its evidence", () =>
    Effect.gen(function* () {
      const { bundle, certificate, keys } = yield* promoted
      for (const path of shapesOf(plain(certificate))) {
        // A promoter decides what is revoked.
        if (path[0] === "revokes") continue
        const text = yield* resigned(bundle, edited(plain(certificate), path, other), keys)
        const { outcome } = yield* verifyBundle(text, keys.trust, now)
        assert.notStrictEqual(outcome, "go", path.join("."))
      }
    })
  )

  it.effect("G41 a bundle with another policy, evidence or build record than its certificate is refused", () =>
    Effect.gen(function* () {
      const { bundle, keys } = yield* promoted
      const content = plain(readBundle(bundle))
      const paths = shapesOf(content)
      assert.isAbove(paths.length, 40)
      for (const path of paths) {
        const { outcome } = yield* verifyBundle(JSON.stringify(edited(content, path, other)), keys.trust, now)
        assert.strictEqual(outcome, "not", path.join("."))
      }
      const { bundle: another } = yield* Promoted.promotedBy(keys, { exported: { at: now - 120_000 } })
      const mixed = JSON.stringify({ ...readBundle(bundle), evidence: readBundle(another)?.evidence })
      const { claims, outcome } = yield* verifyBundle(mixed, keys.trust, now)
      assert.strictEqual(outcome, "not")
      assert.include(claims.at(-1)?.said, "evidence")
    })
  )
})
