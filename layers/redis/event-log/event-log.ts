import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { retention, type EventRetention } from "../../../src/inbound/event-log/retention.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { RedisStore } from "../client.ts"
import { acknowledgeMethods } from "./acknowledge.ts"
import { admitMethods } from "./admit.ts"
import { callsOf } from "./calls.ts"
import { consumeMethods } from "./consume.ts"
import { countMethods } from "./counts.ts"
import { markTables } from "./dedupe-tables.ts"

/**
 * Batches under way at once when one script can write any partitions: one is prepared while the store writes the other.
 */
const underWay = 2

const make = (options: Partial<EventRetention>) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const kept: EventRetention = { ...retention, ...options }
    const calls = callsOf(store, deployment)
    const shardOf = (partition: number) => (store.sharded ? partition : partition % underWay)
    const acknowledged = yield* acknowledgeMethods(store, deployment, shardOf)
    return EventLog.of({
      admit: admitMethods(store, deployment, kept, markTables()),
      shardOf,
      acknowledge: (owner, consumer, position) => acknowledged({ owner, consumer, position }),
      ...consumeMethods(calls, kept, store.capacity),
      ...countMethods(calls)
    })
  })

/** Provides the event log on Redis. The options default to {@link retention}. */
export const layer = (options: Partial<EventRetention> = {}): Layer.Layer<EventLog, never, RedisStore | Deployment> =>
  Layer.effect(EventLog, make(options))
