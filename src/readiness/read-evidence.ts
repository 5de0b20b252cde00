import * as Effect from "effect/Effect"
import type { TrustedKey } from "../attestation/keys.ts"
import { Deployment } from "../deployment/deployment.ts"
import { EvidenceStore } from "../gate/evidence/evidence-store.ts"
import type { Situation } from "../gate/judge/situation.ts"
import type { Millis } from "../gate/words.ts"
import { memoId, readMemo } from "./record/memo.ts"
import { Recording } from "./record/recording.ts"

/** Everything that a store of evidence says. The texts of the records are as they were read, and may be forged. */
export interface ReadEvidence {
  /** Time of the store. */
  readonly now: Millis
  readonly records: ReadonlyArray<{ readonly text: string }>
  /** Proven accounts by keyed hash, as a trusted recorder has signed them. */
  readonly accounts: Situation["accounts"]
  /** Records that this process had written and that are gone. */
  readonly vanished: Situation["vanished"]
}

/** Reads the store of evidence. `recorders` are the trusted keys of recorders. */
export const readEvidence = Effect.fnUntraced(function* (recorders: ReadonlyArray<TrustedKey>) {
  const store = yield* EvidenceStore
  const deployment = yield* Deployment
  const recording = yield* Recording
  const { now, records } = yield* store.read
  const id = yield* memoId
  const text = records.find((one) => one.id === id)?.record
  const memo = text === undefined ? undefined : yield* readMemo(text, recorders)
  const isOurs = memo !== undefined && [deployment.id, ...deployment.former].includes(memo.deployment)
  return {
    now,
    records: records.flatMap((one) => (one.id === id ? [] : [{ text: one.record }])),
    accounts: Object.fromEntries(
      Object.entries(isOurs ? memo.accounts : {}).map(([hash, { connector, variant }]) => [
        hash,
        { connector, variant }
      ])
    ),
    vanished: recording === undefined ? [] : yield* recording.recorder.vanished
  } satisfies ReadEvidence
})
