import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { TrustedKey } from "../../attestation/keys.ts"
import { isJsonObject, type Json } from "../../domain/json.ts"
import { decodeEvidence } from "../evidence/evidence.ts"
import { digestOf, verifyDocument } from "../evidence/seal.ts"
import type { RecordedEvidence } from "./situation.ts"

/** Reads one record as a store or an export holds it: its digest, and whether a recorder's key signed it. */
export const readRecorded = Effect.fnUntraced(function* (value: Json, recorders: ReadonlyArray<TrustedKey>) {
  const digest = yield* digestOf(value)
  const decoded = decodeEvidence(value)
  if (Result.isFailure(decoded)) {
    const row = isJsonObject(value) ? value["row"] : undefined
    return { digest, unreadable: true, ...(typeof row === "string" ? { row } : {}) } satisfies RecordedEvidence
  }
  const evidence = decoded.success
  return { digest, evidence, signature: yield* verifyDocument(evidence, recorders) } satisfies RecordedEvidence
})
