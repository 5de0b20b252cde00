import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { InfraError } from "../../src/domain/failure.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { IntentLedger } from "../../src/outbound/ledger/intent-ledger.ts"

/** Wraps a ledger so that it archives all that it can before each call. A test then runs on archived intents. */
export const archivingLedger = <E, R>(
  inner: Layer.Layer<IntentLedger | Deployment, E, R>
): Layer.Layer<IntentLedger | Deployment, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const ledger = yield* IntentLedger
      const deployment = yield* Deployment
      const archive = Effect.forEach(
        Array.from({ length: deployment.partitions }, (_, partition) => partition),
        ledger.archive,
        { discard: true }
      )
      const first = <A>(call: Effect.Effect<A, InfraError>) => Effect.andThen(archive, call)
      return Context.make(Deployment, deployment).pipe(
        Context.add(IntentLedger, {
          peek: (...asked) => first(ledger.peek(...asked)),
          claim: (...asked) => first(ledger.claim(...asked)),
          release: (...asked) => first(ledger.release(...asked)),
          settle: (...asked) => first(ledger.settle(...asked)),
          evidence: (...asked) => first(ledger.evidence(...asked)),
          accept: (...asked) => first(ledger.accept(...asked)),
          abandon: (...asked) => first(ledger.abandon(...asked)),
          waiting: (...asked) => first(ledger.waiting(...asked)),
          stored: (...asked) => first(ledger.stored(...asked)),
          forget: (...asked) => first(ledger.forget(...asked)),
          kept: (...asked) => first(ledger.kept(...asked)),
          provable: first(ledger.provable),
          unindexed: first(ledger.unindexed),
          findByFingerprint: (...asked) => first(ledger.findByFingerprint(...asked)),
          removeFingerprints: (...asked) => first(ledger.removeFingerprints(...asked)),
          receiptOf: (...asked) => first(ledger.receiptOf(...asked)),
          resolve: (...asked) => first(ledger.resolve(...asked)),
          get: (...asked) => first(ledger.get(...asked)),
          sameContent: (...asked) => first(ledger.sameContent(...asked)),
          list: (...asked) => first(ledger.list(...asked)),
          tidy: (...asked) => first(ledger.tidy(...asked)),
          archive: ledger.archive,
          oldestDoubt: first(ledger.oldestDoubt),
          oldestAccepted: first(ledger.oldestAccepted)
        })
      )
    })
  ).pipe(Layer.provide(inner))
