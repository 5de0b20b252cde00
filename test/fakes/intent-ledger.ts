import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { FailureReport } from "../../src/domain/failure.ts"
import type { IntentId } from "../../src/domain/ids.ts"
import {
  type Acceptance,
  type Claim,
  type FingerprintSearch,
  IntentLedger,
  type LateEvidence,
  type Resolution,
  type Settlement
} from "../../src/outbound/ledger/intent-ledger.ts"
import { type Faults, faults } from "./faults.ts"
import { journal } from "./journal.ts"

interface Operations {
  readonly peek: IntentId
  readonly claim: Claim
  readonly release: { readonly intentId: IntentId; readonly token: string; readonly failure: FailureReport }
  readonly settle: {
    readonly intentId: IntentId
    readonly attempt: number
    readonly token: string
    readonly settlement: Settlement
  }
  readonly evidence: LateEvidence
  readonly accept: Acceptance
  readonly abandon: IntentId
  readonly waiting: number
  readonly stored: number
  readonly forget: IntentId
  readonly kept: IntentId
  readonly provable: void
  readonly unindexed: void
  readonly findByFingerprint: FingerprintSearch
  readonly removeFingerprints: ReadonlyArray<IntentId>
  readonly receiptOf: string
  readonly resolve: Resolution
  readonly get: IntentId
  readonly sameContent: IntentId
  readonly list: string
  readonly tidy: number
  readonly archive: number
  readonly oldestDoubt: void
  readonly oldestAccepted: void
}

/** Records the calls to the ledger and scripts the failures of the next ones. */
export class IntentLedgerFaults extends Context.Service<IntentLedgerFaults, Faults<Operations>>()(
  "comporta/test/IntentLedgerFaults"
) {}

/** Wraps a ledger: records each call and fails as the test scripts. */
export const faultyIntentLedger = <E, R>(
  inner: Layer.Layer<IntentLedger, E, R>
): Layer.Layer<IntentLedger | IntentLedgerFaults, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const { controls, through } = faults<Operations>({
        peek: journal(),
        claim: journal(),
        release: journal(),
        settle: journal(),
        evidence: journal(),
        accept: journal(),
        abandon: journal(),
        waiting: journal(),
        stored: journal(),
        forget: journal(),
        kept: journal(),
        provable: journal(),
        unindexed: journal(),
        findByFingerprint: journal(),
        removeFingerprints: journal(),
        receiptOf: journal(),
        resolve: journal(),
        get: journal(),
        sameContent: journal(),
        list: journal(),
        tidy: journal(),
        archive: journal(),
        oldestDoubt: journal(),
        oldestAccepted: journal()
      })
      return Context.make(IntentLedgerFaults, controls).pipe(
        Context.add(IntentLedger, {
          peek: (intentId, content) => through("peek", intentId, ledger.peek(intentId, content)),
          claim: (claim) => through("claim", claim, ledger.claim(claim)),
          release: (intentId, token, failure) =>
            through("release", { intentId, token, failure }, ledger.release(intentId, token, failure)),
          settle: (intentId, attempt, token, settlement, claimed) =>
            through(
              "settle",
              { intentId, attempt, token, settlement },
              ledger.settle(intentId, attempt, token, settlement, claimed)
            ),
          evidence: (late) => through("evidence", late, ledger.evidence(late)),
          accept: (acceptance) => through("accept", acceptance, ledger.accept(acceptance)),
          abandon: (intentId, failure) => through("abandon", intentId, ledger.abandon(intentId, failure)),
          waiting: (partition, after, limit) => through("waiting", partition, ledger.waiting(partition, after, limit)),
          stored: (partition, ...args) => through("stored", partition, ledger.stored(partition, ...args)),
          forget: (intentId, failure) => through("forget", intentId, ledger.forget(intentId, failure)),
          kept: (intentId) => through("kept", intentId, ledger.kept(intentId)),
          provable: through("provable", undefined, ledger.provable),
          unindexed: through("unindexed", undefined, ledger.unindexed),
          findByFingerprint: (search) => through("findByFingerprint", search, ledger.findByFingerprint(search)),
          removeFingerprints: (attempts) =>
            through(
              "removeFingerprints",
              attempts.map(({ intentId }) => intentId),
              ledger.removeFingerprints(attempts)
            ),
          receiptOf: (mark) => through("receiptOf", mark, ledger.receiptOf(mark)),
          resolve: (resolution) => through("resolve", resolution, ledger.resolve(resolution)),
          get: (intentId) => through("get", intentId, ledger.get(intentId)),
          sameContent: (intentId, content) => through("sameContent", intentId, ledger.sameContent(intentId, content)),
          list: (state, page) => through("list", state, ledger.list(state, page)),
          archive: (partition) => through("archive", partition, ledger.archive(partition)),
          tidy: (partition) => through("tidy", partition, ledger.tidy(partition)),
          oldestDoubt: through("oldestDoubt", undefined, ledger.oldestDoubt),
          oldestAccepted: through("oldestAccepted", undefined, ledger.oldestAccepted)
        })
      )
    })
  ).pipe(Layer.provide(inner))
