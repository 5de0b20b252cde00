import type { GateEvidence } from "../evidence/evidence.ts"
import type { ConfiguredChannel } from "../policy/configured.ts"
import type { Millis, Sha256 } from "../words.ts"

/** Digests of the components of a release. */
export interface ReleaseCode {
  readonly core: Sha256
  readonly storage: Sha256
  readonly connectors: Readonly<Record<string, Sha256>>
}

/**
 * Facts of one build record whose signature a build key made. The caller gives no other record. Digests of components come
 * from here, never from the process that recorded evidence.
 */
export interface BuildFacts extends ReleaseCode {
  readonly recordedAt: Millis
  /** True when Dockerfile, `engines` and the pinned Node name one version. */
  readonly versionsAgree: boolean
  /** Number of independent builds with equal digests. */
  readonly equalBuilds: number
  /** Results of build, lint and test. */
  readonly results: "complete" | "pending" | "failed"
  /** Contract suites of each connector. */
  readonly suites: Readonly<Record<string, BuildSuite>>
}

export interface BuildSuite {
  readonly digest: Sha256
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** One structural field that production compares with its certificate. */
export interface ParityField {
  readonly row: string
  readonly name: string
  readonly staging: string
  readonly production: string
  /** `chosen` by an operator in a file or in code, or changed by the world, such as a version of the store. */
  readonly origin: "chosen" | "world"
}

/** Everything beside the evidence that a verdict depends on. */
export interface Situation {
  /** Time by the store's clock. */
  readonly now: Millis
  /** `unsure` when the own clock differs from the store's by more than a second, or is not set. */
  readonly clock: "good" | "unsure"
  readonly environment: "local" | "staging" | "production"
  /** Digest of the manifest of the release that is judged. */
  readonly release: Sha256
  readonly deployment: {
    readonly id: string
    readonly former: ReadonlyArray<string>
    /** Time of the last fence or restore of the store. */
    readonly fencedAt?: Millis
  }
  /** Build records by digest of the manifest. */
  readonly builds: Readonly<Record<Sha256, BuildFacts>>
  /** Why files with build records do not count. */
  readonly refusedBuilds?: ReadonlyArray<string>
  /** Code of the process, which counts in a rehearsal alone. */
  readonly rehearsed?: ReleaseCode
  /** Digest of each section of the configuration, by its name. */
  readonly sections: Readonly<Record<string, Sha256>>
  readonly channels: ReadonlyArray<ConfiguredChannel>
  /** Accounts that a recorded boot of this deployment proved, by keyed hash. They need not exist today. */
  readonly accounts: Readonly<Record<string, { readonly connector: string; readonly variant: string }>>
  /** Keys with the role of a recorder, by id, and the time in which each holds. */
  readonly recorders: Readonly<Record<string, { readonly from: Millis; readonly until?: Millis }>>
  /** Records that a living process had written and no longer finds. */
  readonly vanished: ReadonlyArray<Pick<GateEvidence, "row" | "scope" | "result">>
  /** Comparison with a certificate; absent where none is made, as in staging. */
  readonly parity?: {
    readonly fields: ReadonlyArray<ParityField>
    /** True until this deployment has activated the certificate. */
    readonly firstActivation: boolean
  }
}

/** One record of the store as it was read. Its digest is of the canonical JSON of the whole record. */
export type RecordedEvidence =
  | {
      readonly digest: Sha256
      readonly evidence: GateEvidence
      /** Result of checking the signature with the key that the record names. */
      readonly signature: "valid" | "invalid" | "unknown_recorder"
    }
  /** A record that the schema refuses. `row` is its member of that name, if it is a text. */
  | { readonly digest: Sha256; readonly unreadable: true; readonly row?: string }
