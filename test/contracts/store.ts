import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { EventLog } from "../../src/inbound/event-log/event-log.ts"
import type { EventRecords } from "../../src/inbound/event-log/event-admin.ts"
import type { EventRetention } from "../../src/inbound/event-log/retention.ts"
import type { Replies } from "../../src/inbound/replies/replies.ts"
import type { Aliases } from "../../src/partition/aliases.ts"
import type { Deployment } from "../../src/deployment/deployment.ts"
import type { Partitions } from "../../src/partition/partitions.ts"

/** One implementation of the inbound half of the store, as its contracts see it. `R` is what moves its time. */
export interface StoreUnderTest<R> {
  /** A fresh, empty store at each call, with two partitions. */
  readonly layer: (
    retention?: Partial<EventRetention>
  ) => Layer.Layer<Aliases | EventLog | EventRecords | Replies | Partitions | Deployment | R, unknown>
  /** The store's clock goes on by whole generations of dedupe marks. */
  readonly passGenerations: (count: number) => Effect.Effect<void, unknown, R>
  /** Every lease grows older. */
  readonly passLease: (millis: number) => Effect.Effect<void, unknown, R>
}
