import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { EventLog } from "../../src/inbound/event-log/event-log.ts"
import type { EventRecords } from "../../src/inbound/event-log/event-admin.ts"
import type { EventRetention } from "../../src/inbound/event-log/retention.ts"
import type { Replies } from "../../src/inbound/replies/replies.ts"
import type { Aliases } from "../../src/partition/aliases.ts"
import type { Deployment } from "../../src/deployment/deployment.ts"
import type { Partitions } from "../../src/partition/partitions.ts"

/** An implementation of the inbound half of the store under test. `R` is the service that moves its clock. */
export interface StoreUnderTest<R> {
  /** Builds a fresh, empty store with two partitions at each call. */
  readonly layer: (
    retention?: Partial<EventRetention>
  ) => Layer.Layer<Aliases | EventLog | EventRecords | Replies | Partitions | Deployment | R, unknown>
  /** Advances the store's clock by whole generations of dedupe marks. */
  readonly passGenerations: (count: number) => Effect.Effect<void, unknown, R>
  /** Makes every lease older by this many milliseconds. */
  readonly passLease: (millis: number) => Effect.Effect<void, unknown, R>
}
