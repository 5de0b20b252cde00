import type { Bound, Millis, ScopeLetter, Section, Text } from "../words.ts"

/** Expectation of one fact of a record. The names of the facts of a proof are closed: another name is a fault of the gate. */
export type FactRule =
  | { readonly rule: "at_least"; readonly number: number }
  | { readonly rule: "exactly"; readonly number: number }
  | { readonly rule: "below"; readonly number: number }
  | { readonly rule: "same_as"; readonly fact: string }
  /** At least as many as connectors are configured. */
  | { readonly rule: "connectors" }
  /** Digest of a manifest. */
  | { readonly rule: "digest" }
  | {
      readonly rule: "word"
      readonly good: ReadonlyArray<string>
      readonly failed: ReadonlyArray<string>
      /** Words of a gateway that cannot know the fact. */
      readonly hidden: ReadonlyArray<string>
      /** Words that the sentence of the row repeats, such as "paused, not refused". */
      readonly notes: Readonly<Record<string, Text>>
    }

/** Origin that a proof accepts. `codes` are patterns: a code equals one of them, or begins with it and `_`. */
export type ByRule =
  | { readonly kind: "traffic" }
  | { readonly kind: "boot" }
  | { readonly kind: "drill"; readonly name: string; readonly fault: string; readonly codes: ReadonlyArray<string> }

/** One fact that a row needs. A proof of scope C is needed for each variant of each connector that the row is about. */
export interface ProofPolicy {
  /** The `row` of its evidence. */
  readonly id: string
  readonly scope: ScopeLetter
  readonly maxAge: Millis
  /** Sections whose digests must be equal. `connector` is that of the channel. */
  readonly sections: ReadonlyArray<Section | "connector">
  readonly by: ReadonlyArray<ByRule>
  /** True where only the provider's own host can have caused the fact. */
  readonly genuine: boolean
  /** True where the fact is about one account, which a recorded boot must have proved. */
  readonly account: boolean
  readonly facts: Readonly<Record<string, FactRule>>
  /** Time for which the provider's part is awaited; absent where time alone ends nothing. */
  readonly waits?: Millis
  /** True where no record is needed and only a failure counts. */
  readonly watch?: true
}

/** Name of a pure function of `src/gate/judge`. */
export type JudgeName =
  | "recorded"
  | "rollback"
  | "unobservable"
  | "weak_acknowledgement"
  | "versions_agree"
  | "reproduced"
  | "results"
  | "rollback_built"
  | "suites"
  | "parity"
  | "derived"

/** One item of the checklist, or one capability, path or direction of a configured connector. */
export interface PolicyRow {
  readonly id: string
  readonly text: Text
  readonly kind: "observed" | "drill" | "boot" | "build" | "parity" | "derived"
  readonly bound: ReadonlyArray<Bound>
  readonly sections: ReadonlyArray<Section | "connector">
  readonly maxAge: Partial<Record<ScopeLetter, Millis>>
  readonly each?: "connector" | "capability" | "path"
  readonly judge: JudgeName
  readonly proofs: ReadonlyArray<ProofPolicy>
  /** Connector that the row is about; absent where it is about all. */
  readonly connector?: string
  /** Capability that the row is about. */
  readonly capability?: string
  /** Rows that a derived row repeats: those whose ids begin so. */
  readonly derives?: string
  /** The one command or act that clears it. */
  readonly clears: Text
  /** True when time alone may clear it, after its command has begun. */
  readonly alone: boolean
}

/** Acknowledgement of a capability that a connector declares. */
export type Acknowledged =
  /** An id, then a status of its delivery with the gateway's callback data. */
  | "delivered"
  /** An id, then a signed status `sent` that names it. */
  | "sent"
  /** An id, then an echo with that id or with the gateway's callback data. */
  | "echo"
  /** An id, then the same id in a read-back. */
  | "readBack"
  /** The provider's complete answer is all there is. */
  | "accepted"

/** How a connector confirms that the provider knows an inbound event: a question without effect, or a capability. */
export type ConfirmInbound = "question" | "capability"

export interface ConfiguredCapability {
  readonly id: string
  /** Absent when the connector does not declare it. */
  readonly acknowledged?: Acknowledged
}

/** One variant of a configured connector, as plain data. Two accounts of other variants make two channels. */
export interface ConfiguredChannel {
  readonly connector: string
  readonly variant: string
  /** Digest of the connector's code. */
  readonly code: string
  /** Digest of its section of the configuration. */
  readonly section: string
  readonly capabilities: ReadonlyArray<ConfiguredCapability>
  /** Absent when nothing can confirm an inbound event. */
  readonly confirmInbound?: ConfirmInbound
  /** Directions in which the gateway streams media for this connector. */
  readonly media: ReadonlyArray<"up" | "down">
}

/** The checklist as data. `common` are the rows of every installation; the others follow what is configured. */
export interface Policy {
  readonly version: number
  readonly common: ReadonlyArray<PolicyRow>
}
