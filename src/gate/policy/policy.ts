import * as Schema from "effect/Schema"
import { Millis, Section, Text } from "../words.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Words = Schema.Array(Schema.String)

const counted = <Name extends string>(name: Name) => Schema.Struct({ rule: Schema.Literal(name), number: Count })
const plain = <Name extends string>(name: Name) => Schema.Struct({ rule: Schema.Literal(name) })

/** Expectation of one fact of a record. The names of the facts of a proof are closed: another name is a fault of the gate. */
export const FactRule = Schema.Union([
  counted("at_least"),
  counted("exactly"),
  counted("below"),
  Schema.Struct({ rule: Schema.Literal("same_as"), fact: Schema.String }),
  /** At least as many as connectors are configured. */
  plain("connectors"),
  /** Digest of a manifest. */
  plain("digest"),
  Schema.Struct({
    rule: Schema.Literal("word"),
    good: Words,
    failed: Words,
    /** Words of a gateway that cannot know the fact. */
    hidden: Words,
    /** Words that the sentence of the row repeats, such as "paused, not refused". */
    notes: Schema.Record(Schema.String, Text)
  })
])
export type FactRule = typeof FactRule.Type

/** Origin that a proof accepts. A code of the drill equals one of `codes`, or begins with it and `_`. */
export const ByRule = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("traffic") }),
  Schema.Struct({ kind: Schema.Literal("boot") }),
  Schema.Struct({ kind: Schema.Literal("drill"), name: Schema.String, fault: Schema.String, codes: Words })
])
export type ByRule = typeof ByRule.Type

const Letter = Schema.Literals(["R", "C", "S", "I"])
const Sections = Schema.Array(Schema.Union([Section, Schema.Literal("connector")]))

/** One fact that a row needs. A proof of scope C is needed for each variant of each connector that the row is about. */
export const ProofPolicy = Schema.Struct({
  /** The `row` of its evidence. */
  id: Schema.String,
  scope: Letter,
  maxAge: Millis,
  /** Sections whose digests must be equal. `connector` is that of the channel. */
  sections: Sections,
  by: Schema.Array(ByRule),
  /** True where only the provider's own host can have caused the fact. */
  genuine: Schema.Boolean,
  /** True where the fact is about one account, which a recorded boot must have proved. */
  account: Schema.Boolean,
  facts: Schema.Record(Schema.String, FactRule),
  /** Time for which the provider's part is awaited; absent where time alone ends nothing. */
  waits: Schema.optionalKey(Millis),
  /** True where no record is needed and only a failure counts. */
  watch: Schema.optionalKey(Schema.Literal(true)),
  /** Clears this proof, where the row has several commands. */
  clears: Schema.optionalKey(Text)
})
export type ProofPolicy = typeof ProofPolicy.Type

/** Name of a pure function of `src/gate/judge`. */
export const JudgeName = Schema.Literals([
  "recorded",
  "rollback",
  "unobservable",
  "weak_acknowledgement",
  "versions_agree",
  "reproduced",
  "results",
  "rollback_built",
  "suites",
  "parity",
  "derived",
  "real_traffic"
])
export type JudgeName = typeof JudgeName.Type

/** One item of the checklist, or one capability, path or direction of a configured connector. */
export const PolicyRow = Schema.Struct({
  id: Schema.String,
  text: Text,
  kind: Schema.Literals(["observed", "drill", "boot", "build", "parity", "derived"]),
  /** Scopes of its proofs, or the build (`B`), or production itself (`P`). */
  bound: Schema.Array(Schema.Literals(["R", "C", "S", "I", "B", "P"])),
  sections: Sections,
  maxAge: Schema.Struct({
    R: Schema.optionalKey(Millis),
    C: Schema.optionalKey(Millis),
    S: Schema.optionalKey(Millis),
    I: Schema.optionalKey(Millis)
  }),
  each: Schema.optionalKey(Schema.Literals(["connector", "capability", "path"])),
  judge: JudgeName,
  proofs: Schema.Array(ProofPolicy),
  /** Connector that the row is about; absent where it is about all. */
  connector: Schema.optionalKey(Schema.String),
  /** Capability that the row is about. */
  capability: Schema.optionalKey(Schema.String),
  /** Rows that a derived row repeats: those above it whose ids begin so. */
  derives: Schema.optionalKey(Schema.String),
  /** The one command or act that clears it. */
  clears: Text,
  /** True when time alone may clear it, after its command has begun. */
  alone: Schema.Boolean
})
export type PolicyRow = typeof PolicyRow.Type
