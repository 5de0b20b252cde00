import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Signature from "effect/crypto/Signature"
import { memoryEvidenceStore } from "../../../layers/memory/deployment.ts"
import { EvidenceStore } from "../../../src/gate/evidence/evidence-store.ts"
import { makeRecorder } from "../../../src/gate/evidence/recorder.ts"
import { noteMaker } from "../../../src/readiness/record/account-notes.ts"
import { noteBoot } from "../../../src/readiness/record/boot-facts.ts"
import { scopesOf } from "../../../src/readiness/record/scopes.ts"
import { runningCode } from "../../../src/readiness/running-code.ts"
import { cryptography, newKey } from "../../attestation/keys.ts"
import { channels, digest, release, rows } from "../../gate/genuine.ts"

/** Signs and verifies without a computation: what is counted here is records, not signatures. */
const quickSignatures = Layer.effect(
  Signature.Signature,
  Effect.map(Signature.Signature, (real) =>
    Signature.Signature.of({
      ...real,
      sign: () => Effect.succeed(new Uint8Array(64)),
      verify: () => Effect.succeed(true)
    })
  )
)
const services = Layer.merge(memoryEvidenceStore, quickSignatures.pipe(Layer.provideMerge(cryptography)))

const scopes = scopesOf({
  code: runningCode(undefined, undefined),
  channels,
  sections: { platform: digest("platform"), secrets: digest("secrets") },
  deployment: "dep_staging"
})

describe("recorded boots", () => {
  it.effect("G41 10,000 boots, some of them refused by their own facts, leave one record of each result a row", () =>
    Effect.gen(function* () {
      const key = yield* newKey
      const keys = Effect.succeed({ key, recorders: [key] })
      const most = 10_000
      for (let n = 0; n < most; n++) {
        const recorder = yield* makeRecorder({
          rows,
          environment: "staging",
          deployment: "dep_staging",
          manifest: release,
          keys
        })
        const maker = noteMaker(recorder, { rows, scopes, boot: `boot-${n}` })
        const checks = ["environment", "dotenv", "output"].map((name) => ({
          name: `leak:${name}`,
          state: "ok" as const
        }))
        const implementations = { store: "redis", secrets: n % 2 === 0 ? "vault" : "memory" }
        noteBoot(maker, { checks, implementations, secrets: "vault", serves: true })
        yield* recorder.flush
      }
      const { records } = yield* (yield* EvidenceStore).read
      const counts = records
        .map(({ record }) => JSON.parse(record))
        .map(({ row, result, count }) => [row, result, count])
      assert.deepStrictEqual(counts.toSorted(), [
        ["1.1.4", "fail", most / 2],
        ["1.1.4", "pass", most / 2],
        ["1.1.5", "pass", most],
        ["1.2.1", "pass", most],
        ["1.2.2#scan", "pass", most]
      ])
    }).pipe(Effect.provide(services))
  )
})
