import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Batch, type Consumer, EventLog, type Ownership } from "../../src/inbound/event-log/event-log.ts"
import { type Faults, faults } from "./faults.ts"
import { journal } from "./journal.ts"

interface Operations {
  readonly admit: Batch
  readonly pending: { readonly partition: number; readonly consumer: Consumer; readonly after: number }
  readonly acknowledge: { readonly owner: Ownership; readonly consumer: Consumer; readonly position: number }
  readonly refuse: { readonly owner: Ownership; readonly position: number }
  readonly deadLetter: { readonly owner: Ownership; readonly position: number; readonly reason: string }
  readonly sweep: { readonly owner: Ownership }
  readonly counts: void
  readonly ping: void
}

/** Records the calls to the event log and scripts the failures of the next ones. */
export class EventLogFaults extends Context.Service<EventLogFaults, Faults<Operations>>()(
  "comporta/test/EventLogFaults"
) {}

/** Wraps an event log: records each call and fails as the test scripts. */
export const faultyEventLog = <E, R>(
  inner: Layer.Layer<EventLog, E, R>
): Layer.Layer<EventLog | EventLogFaults, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const log = yield* EventLog
      const { controls, through } = faults<Operations>({
        admit: journal(),
        pending: journal(),
        acknowledge: journal(),
        refuse: journal(),
        deadLetter: journal(),
        sweep: journal(),
        counts: journal(),
        ping: journal()
      })
      return Context.make(EventLogFaults, controls).pipe(
        Context.add(EventLog, {
          admit: (batch) => through("admit", batch, log.admit(batch)),
          // Each partition has its own shard, as on a cluster.
          shardOf: (partition) => partition,
          pending: (partition, consumer, after, limit) =>
            through("pending", { partition, consumer, after }, log.pending(partition, consumer, after, limit)),
          acknowledge: (owner, consumer, position) =>
            through("acknowledge", { owner, consumer, position }, log.acknowledge(owner, consumer, position)),
          refuse: (owner, position, count) =>
            through("refuse", { owner, position }, log.refuse(owner, position, count)),
          deadLetter: (owner, position, reason) =>
            through("deadLetter", { owner, position, reason }, log.deadLetter(owner, position, reason)),
          sweep: (owner) => through("sweep", { owner }, log.sweep(owner)),
          counts: through("counts", undefined, log.counts),
          ping: through("ping", undefined, log.ping)
        })
      )
    })
  ).pipe(Layer.provide(inner))
