import * as Schema from "effect/Schema"
import { Millis, Name, Sha256, FactWord } from "../words.ts"
import { EvidenceScope } from "./scope.ts"

const Positive = Schema.Int.check(Schema.isGreaterThan(0))

/** Number or word of a fact. Texts from outside, ids of persons and of messages are none. */
const Fact = Schema.Union([Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)), FactWord, Sha256])

/** Origin of a fact: traffic of a serving gateway, a boot, or a drill. */
export const EvidenceBy = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("traffic") }),
  Schema.Struct({ kind: Schema.Literal("boot"), boot: Name }),
  Schema.Struct({
    kind: Schema.Literal("drill"),
    name: FactWord,
    run: Name,
    /** Number of runs of this drill until this one. */
    runs: Positive,
    /** API client that started it. */
    client: Name,
    /** The fault and how often it was in effect. A drill whose fault never was proves nothing. */
    fault: Schema.Struct({ name: FactWord, fired: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) }),
    /** Result of the same attempt without the fault, immediately before. */
    control: Schema.Literal("ok"),
    /** Code that the attempt ended with, such as `absent`. */
    code: FactWord
  })
])
export type EvidenceBy = typeof EvidenceBy.Type

const unsigned = {
  v: Schema.Literal(1),
  /** Id of a proof of the policy, such as `1.1.2`, `1.2.2#canary` or `3.2:whatsapp.text`. */
  row: Schema.String.check(
    Schema.isPattern(/^([1-6]\.\d\.\d(#[a-z0-9-]{1,32})?|3\.2:[a-z][a-z0-9-]{0,31}\.[a-z0-9_.-]{1,64})$/)
  ),
  scope: EvidenceScope,
  /** `begun`: the part of the provider is awaited. */
  result: Schema.Literals(["pass", "fail", "begun"]),
  /** True for a violation, which counts for as long as the code is the same. Only a failure may have it. */
  sticky: Schema.Boolean,
  first: Millis,
  at: Millis,
  count: Positive,
  by: EvidenceBy,
  environment: Schema.Literals(["local", "staging"]),
  /** True when the provider's own host answered over the bundled roots, or named an id that only its answer gave. */
  genuine: Schema.Boolean,
  deployment: Name,
  /** Digest of the manifest of the release that recorded it. */
  manifest: Sha256,
  /** Keyed hash of an account that a recorded boot proved. */
  account: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/))),
  /** Words and numbers that the judge of the row reads. The policy closes their names for each row. */
  facts: Schema.Record(FactWord, Fact),
  /** Id of the recorder's key: the digest of its public key. */
  recorder: Sha256
}

/** Returns false for times in the wrong order, and for a violation that passed. */
const agrees = (one: {
  readonly first: number
  readonly at: number
  readonly sticky: boolean
  readonly result: string
}) => one.first <= one.at && (!one.sticky || one.result === "fail")

const problem = "`first` not after `at`, and `sticky` only with the result `fail`"

/** A fact without the signature of its recorder. */
export const UnsignedEvidence = Schema.Struct(unsigned).check(Schema.makeFilter(agrees, { expected: problem }))
export type UnsignedEvidence = typeof UnsignedEvidence.Type

/**
 * A recorded fact about one proof of the policy, signed by its recorder. There is at most one of each result for a row and a
 * scope. It holds words, counts, keyed hashes and digests of ours, and no content, secret or personal data.
 */
export const GateEvidence = Schema.Struct({
  ...unsigned,
  /** Ed25519 signature in base64 over the canonical JSON of all other members. */
  signature: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9+/]{86}==$/))
}).check(Schema.makeFilter(agrees, { expected: problem }))
export type GateEvidence = typeof GateEvidence.Type

/** Decodes evidence. A member that the schema does not name is refused. */
export const decodeEvidence = Schema.decodeUnknownResult(GateEvidence, { onExcessProperty: "error", errors: "all" })
