import * as Effect from "effect/Effect"
import type { TrustedKey } from "../attestation/keys.ts"
import { jsonIn } from "../domain/parse-json.ts"
import { readRecorded } from "../gate/judge/read-recorded.ts"
import type { RecordedEvidence, ReleaseCode, Situation } from "../gate/judge/situation.ts"
import type { Millis } from "../gate/words.ts"
import type { ReadBuilds } from "./build-facts.ts"
import type { EvidenceExport } from "./evidence-export.ts"
import { sectionDigests } from "./sections.ts"
import type { TrustKey } from "./trust.ts"

/** Everything that a verdict depends on. */
export interface SituationInput {
  readonly exported: EvidenceExport
  /** Keys with the role of a recorder. */
  readonly recorders: ReadonlyArray<TrustKey>
  readonly builds: ReadBuilds
  /** Code of the process, which counts in a rehearsal alone. */
  readonly rehearsed?: ReleaseCode
  /** Time that is judged; absent for that of the export. */
  readonly at?: Millis
}

/** Reads one record. A text that is no JSON is unreadable. */
const recordedOf = (text: string, keys: ReadonlyArray<TrustedKey>) => {
  const json = jsonIn(text)
  return readRecorded(json === undefined ? text : json, keys)
}

const timesOf = ({ from, until }: TrustKey) => ({ from, ...(until === undefined ? {} : { until }) })

/**
 * Returns the situation and the records that a release is judged by. A serving gateway and a promoter judge by the same
 * export, so that they come to the same verdict.
 */
export const situationOf = Effect.fnUntraced(function* (input: SituationInput) {
  const { exported, recorders, builds, rehearsed, at = exported.at } = input
  const situation: Situation = {
    now: at,
    clock: exported.clock,
    environment: exported.environment,
    release: exported.release,
    deployment: exported.deployment,
    builds: builds.builds,
    refusedBuilds: builds.refused.map(({ message }) => message),
    ...(rehearsed === undefined ? {} : { rehearsed }),
    sections: yield* sectionDigests(exported.sections),
    channels: exported.channels,
    accounts: exported.accounts,
    recorders: Object.fromEntries(recorders.map((key) => [key.id, timesOf(key)])),
    vanished: exported.vanished
  }
  const keys = recorders.map(({ key }) => key)
  const recorded: ReadonlyArray<RecordedEvidence> = yield* Effect.forEach(exported.records, (text) =>
    recordedOf(text, keys)
  )
  return { situation, recorded }
})
