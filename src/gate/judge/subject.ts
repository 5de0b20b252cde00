import type { GateEvidence } from "../evidence/evidence.ts"
import type { EvidenceScope } from "../evidence/scope.ts"
import type { ConfiguredChannel } from "../policy/configured.ts"
import type { PolicyRow, ProofPolicy } from "../policy/policy.ts"
import type { RecordedEvidence, Situation } from "./situation.ts"

/** One proof of a row, for one channel where its scope is that of a channel. */
export interface ProofSubject {
  readonly proof: ProofPolicy
  readonly channel?: ConfiguredChannel
  /** How a sentence names it; empty where the row alone says it. */
  readonly name: string
}

const isAbout = (row: PolicyRow, channel: ConfiguredChannel) =>
  (row.connector === undefined || row.connector === channel.connector) &&
  (row.capability === undefined || channel.capabilities.some(({ id }) => id === row.capability))

const partOf = ({ id }: ProofPolicy) => id.split("#")[1] ?? ""

/** Returns the subjects of a row: each proof, and a proof about channels for each channel that the row is about. */
export const subjectsOf = (row: PolicyRow, { channels }: Situation): ReadonlyArray<ProofSubject> =>
  row.proofs.flatMap((proof): ReadonlyArray<ProofSubject> => {
    const part = partOf(proof)
    if (proof.scope !== "C") {
      const scope = row.proofs.filter(({ id }) => id === proof.id).length > 1 ? proof.scope : ""
      return [{ proof, name: [part, scope].filter((word) => word !== "").join(", ") }]
    }
    return channels
      .filter((channel) => isAbout(row, channel))
      .map((channel) => ({
        proof,
        channel,
        name: [part, `${channel.connector} (${channel.variant})`].filter((word) => word !== "").join(", ")
      }))
  })

/** Returns true when a record of this row and scope is about the subject, also of another version, variant or configuration. */
export const concerns = (
  { proof, channel }: ProofSubject,
  { row, scope }: { readonly row: string; readonly scope: EvidenceScope }
) => row === proof.id && scope.of === proof.scope && (scope.of !== "C" || scope.connector === channel?.connector)

export type Readable = Extract<RecordedEvidence, { readonly evidence: GateEvidence }>

export const isReadable = (recorded: RecordedEvidence): recorded is Readable => "evidence" in recorded
