import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { CryptoError } from "effect/crypto/CryptoError"
import type * as Digest from "effect/crypto/Digest"
import type * as Signature from "effect/crypto/Signature"
import type { SigningKey, TrustedKey } from "../../attestation/keys.ts"
import type { InfraError } from "../../domain/failure.ts"
import { jsonIn } from "../../domain/parse-json.ts"
import type { PolicyRow } from "../policy/policy.ts"
import type { Millis, Sha256 } from "../words.ts"
import { decodeEvidence, type EvidenceBy, type UnsignedEvidence } from "./evidence.ts"
import { EvidenceStore } from "./evidence-store.ts"
import { type EvidenceRefused, checkForPolicy } from "./for-policy.ts"
import { addObservation, evidenceKey } from "./merge.ts"
import type { EvidenceScope } from "./scope.ts"
import { digestOf, signDocument, verifyDocument } from "./seal.ts"

type EvidenceResult = UnsignedEvidence["result"]
type Facts = UnsignedEvidence["facts"]

/** A fact that one place in the program observes. The place declares it once. */
export interface FactSource {
  readonly row: string
  readonly scope: EvidenceScope
  /** True when only the provider's own host can have caused the fact. */
  readonly genuine: boolean
  readonly by: EvidenceBy
  /** Keyed hash of the account that the fact is about. */
  readonly account?: string
}

/** Notes one observation. It writes nothing and costs a message some nanoseconds. The newest facts count. */
export type Note = (result: EvidenceResult, facts: Facts, sticky?: boolean) => void

/** Key that a recorder signs with, and those that are trusted as recorders. Its own is one of them. */
export interface FlushKeys {
  readonly key: SigningKey
  readonly recorders: ReadonlyArray<TrustedKey>
}

export interface RecorderOptions {
  readonly rows: ReadonlyArray<PolicyRow>
  readonly environment: UnsignedEvidence["environment"]
  readonly deployment: string
  readonly manifest: Sha256
  /** Returns the present keys. A flush reads them once, so that the key may be rotated. */
  readonly keys: Effect.Effect<FlushKeys>
}

/** Why an observation was not written. */
export type FlushFailure = InfraError | EvidenceRefused | CryptoError

/** Time between two writes of what was noted. */
const flushEvery = Duration.seconds(30)

/** Times that a record is merged again because another process wrote it meanwhile, or because its time was not the store's. */
const tries = 4

/** Records facts as they happen. They are written together, apart from the path of a message. */
export class Recorder extends Context.Service<
  Recorder,
  {
    /** Declares an observed fact, and returns the function that notes it. */
    readonly source: (source: FactSource) => Note
    /**
     * Merges, signs and writes everything that was noted. Keeps what the store could not take for the next time. Drops what
     * no row of the policy reads, and fails with it.
     */
    readonly flush: Effect.Effect<void, FlushFailure>
    /** Records that this process has written and that are gone from the store. */
    readonly vanished: Effect.Effect<ReadonlyArray<VanishedRecord>>
  }
>()("comporta/gate/Recorder") {}

/** Names a record, as `evidenceKey` does. */
type VanishedRecord = Pick<UnsignedEvidence, "row" | "scope" | "result">

interface Noted {
  readonly source: FactSource
  readonly result: EvidenceResult
  count: number
  facts: Facts
  sticky: boolean
}

/** A record that this process has written. */
interface Written {
  readonly id: string
  readonly noted: Noted
}

/** Makes a recorder that writes only when `flush` runs. */
export const makeRecorder = Effect.fnUntraced(function* (options: RecorderOptions) {
  const store = yield* EvidenceStore
  const crypto = yield* Effect.context<Digest.Digest | Signature.Signature>()
  const { rows } = options
  let waiting: Array<Noted> = []
  const own = new Map<string, Written>()
  const gone = new Map<string, VanishedRecord>()

  const source = (declared: FactSource): Note => {
    const open: Partial<Record<EvidenceResult, Noted>> = {}
    return (result, facts, sticky = false) => {
      const one = open[result]
      // A flush sets the count to 0 when it takes the observations.
      if (one === undefined || one.count === 0) {
        waiting.push((open[result] = { source: declared, result, count: 1, facts, sticky }))
        return
      }
      one.count++
      one.facts = facts
      one.sticky ||= sticky
    }
  }

  const evidenceOf = ({ source: declared, ...noted }: Noted, at: Millis, recorder: Sha256): UnsignedEvidence => ({
    v: 1,
    ...declared,
    ...noted,
    first: at,
    at,
    environment: options.environment,
    deployment: options.deployment,
    manifest: options.manifest,
    recorder
  })

  /** Returns a record of the store that a trusted recorder has signed. Any other one is replaced, and never merged. */
  const trusted = Effect.fnUntraced(function* (text: string, recorders: FlushKeys["recorders"]) {
    const decoded = decodeEvidence(jsonIn(text))
    if (Result.isFailure(decoded)) return undefined
    return (yield* verifyDocument(decoded.success, recorders)) === "valid" ? decoded.success : undefined
  })

  const readAll = Effect.all({ found: store.read, keys: options.keys }).pipe(
    Effect.map(({ found: { now, records }, keys }) => ({
      now,
      texts: new Map(records.map(({ id, record }) => [id, record])),
      ...keys
    }))
  )

  /** Writes one observation over the present record. Reads again when another process wrote meanwhile. */
  const write = Effect.fnUntraced(function* (
    noted: Noted,
    { now, texts, key, recorders }: Effect.Success<typeof readAll>,
    left: number
  ): Effect.fn.Return<boolean, FlushFailure, Digest.Digest | Signature.Signature> {
    const observed = yield* Effect.fromResult(checkForPolicy(rows, evidenceOf(noted, now, key.id)))
    const id = (yield* digestOf([observed.row, observed.scope, observed.result])).slice("sha256:".length)
    const replaces = texts.get(id)
    const present = replaces === undefined ? undefined : yield* trusted(replaces, recorders)
    const merged = addObservation(present, observed)
    const { at, sticky } = merged
    const record = JSON.stringify(yield* signDocument(merged, key))
    const answer = yield* store.write({ id, record, ...(replaces === undefined ? {} : { replaces }), at, sticky })
    if (answer === "written") {
      own.set(evidenceKey(merged), { id, noted })
      return true
    }
    return left > 0 ? yield* write(noted, yield* readAll, left - 1) : false
  })

  /** Notes again each failure of this process that is gone from the store, and keeps its key. */
  const findGone = (texts: ReadonlyMap<string, string>) => {
    for (const [name, { id, noted }] of own) {
      if (texts.has(id)) continue
      gone.set(name, { row: noted.source.row, scope: noted.source.scope, result: noted.result })
      own.delete(name)
      if (noted.result === "fail") waiting.push(noted)
    }
  }

  const flush = Effect.gen(function* () {
    if (waiting.length === 0 && own.size === 0) return
    const known = yield* readAll
    findGone(known.texts)
    const taken = waiting.map((one) => ({ ...one }))
    for (const one of waiting) one.count = 0
    waiting = []
    let failure: FlushFailure | undefined
    for (const one of taken) {
      const result = yield* Effect.result(write(one, known, tries))
      if (Result.isFailure(result)) failure = result.failure
      if (Result.isFailure(result) ? result.failure._tag !== "EvidenceRefused" : !result.success) waiting.push(one)
    }
    if (failure !== undefined) return yield* failure
  }).pipe(Semaphore.makeUnsafe(1).withPermits(1), Effect.provideContext(crypto))

  return Recorder.of({ source, flush, vanished: Effect.sync(() => [...gone.values()]) })
})

/** Runs a flush every 30 seconds, and once more when the scope closes. The last one may take `last` milliseconds. */
export const flushRegularly = Effect.fnUntraced(function* (flush: Effect.Effect<void>, last: number) {
  yield* Effect.addFinalizer(() => Effect.asVoid(Effect.timeoutOption(flush, last)))
  yield* flush.pipe(Effect.delay(flushEvery), Effect.forever, Effect.forkScoped)
})
