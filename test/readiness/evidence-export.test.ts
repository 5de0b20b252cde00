import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { sealEnvelope } from "../../src/attestation/envelope.ts"
import type { SigningKey } from "../../src/attestation/keys.ts"
import { canonicalJson, type Json } from "../../src/domain/json.ts"
import { type EvidenceExport, exportPayload, readExport, sealExport } from "../../src/readiness/evidence-export.ts"
import type { Trust, TrustRole } from "../../src/readiness/trust.ts"
import { cryptography, newKey } from "../attestation/keys.ts"
import { channels, digest, genuine, now, release, situation } from "../gate/genuine.ts"

const exported: EvidenceExport = {
  v: 1,
  at: now,
  environment: "staging",
  deployment: { id: "dep_staging", former: ["dep_before"], fencedAt: now - 1_000 },
  release,
  version: "1.0.0",
  clock: "good",
  sections: { store: { kind: { value: "redis", origin: "chosen" }, version: { value: "7.2", origin: "world" } } },
  channels,
  accounts: situation.accounts,
  vanished: [{ row: "1.1.2", scope: { of: "R", core: digest("core"), connectors: {} }, result: "fail" }],
  records: genuine.map((one) => JSON.stringify(one))
}

const trustIn = (
  key: SigningKey,
  role: TrustRole = "recorder",
  more: { from?: number; until?: number } = {}
): Trust => ({
  digest: digest("trust file"),
  keys: [{ id: key.id, role, name: "staging", from: now - 1_000, key, ...more }]
})

const sealed = Effect.fnUntraced(function* (payload: Json, key: SigningKey) {
  return yield* sealEnvelope(exportPayload, new TextEncoder().encode(canonicalJson(payload)), [key])
})
const refusal = (text: string, trust: Trust) =>
  Effect.map(Effect.flip(readExport(text, trust)), ({ message }) => message)

layer(cryptography)("export of evidence", (it) => {
  it.effect("G41 an export is read as it was sealed, with the key that signed it", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const text = yield* sealExport(exported, key)
      assert.deepStrictEqual(yield* readExport(text, trustIn(key)), { exported, recorder: key.id })
    })
  )

  it.effect("G41 an export by a key of another role, by an unknown key or out of its time is refused", () =>
    Effect.gen(function* () {
      const [key, other] = [yield* newKey, yield* newKey]
      const text = yield* sealExport(exported, key)
      assert.include(yield* refusal(text, trustIn(key, "promote")), "role recorder")
      assert.include(yield* refusal(text, trustIn(other)), "by other keys")
      assert.include(yield* refusal(text, trustIn(key, "recorder", { until: now })), "expected a time")
      assert.include(yield* refusal(text, trustIn(key, "recorder", { from: now + 1 })), "expected a time")
    })
  )

  it.effect("G41 an export of which one byte was changed is refused", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const text = yield* sealExport(exported, key)
      const at = text.indexOf('"payload":"') + 200
      const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1)
      assert.include(yield* refusal(changed, trustIn(key)), "was changed")
    })
  )

  it.effect(
    "an export with another member, another version or in another order is refused, also when it is signed",
    () =>
      Effect.gen(function* () {
        const key = yield* newKey
        const trust = trustIn(key)
        assert.include(yield* refusal(yield* sealed({ ...exported, opinion: "fine" }, key), trust), "another member")
        assert.include(yield* refusal(yield* sealed({ ...exported, v: 2 }, key), trust), "another member")
        const unsorted = new TextEncoder().encode(JSON.stringify(exported))
        assert.include(yield* refusal(yield* sealEnvelope(exportPayload, unsorted, [key]), trust), "another member")
      })
  )

  it.effect("an export of 4,096 records is read, which is as many as a store keeps", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const records = Array.from({ length: 4_096 }, (_, at) => exported.records[at % exported.records.length] ?? "")
      const text = yield* sealExport({ ...exported, records }, key)
      assert.strictEqual((yield* readExport(text, trustIn(key))).exported.records.length, 4_096)
    })
  )
})
