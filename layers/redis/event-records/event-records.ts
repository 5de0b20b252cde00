import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import { retention, type Retention } from "../../../src/inbound/event-log/retention.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { RedisStore } from "../client.ts"
import { callsOf } from "../event-log/calls.ts"
import { markTables } from "../event-log/dedupe-tables.ts"
import { forgetting } from "./erase.ts"
import { finding } from "./find.ts"
import { looking } from "./read.ts"
import { sending } from "./resend.ts"

/** The numbers of {@link retention} unless given. */
export const layer = (options: Partial<Retention> = {}): Layer.Layer<EventRecords, never, RedisStore | Deployment> =>
  Layer.effect(
    EventRecords,
    Effect.gen(function* () {
      const store = yield* RedisStore
      const deployment = yield* Deployment
      const kept: Retention = { ...retention, ...options }
      const calls = callsOf(store, deployment)
      return EventRecords.of({
        ...looking(calls),
        ...sending(store, calls),
        ...forgetting(calls),
        event: finding(store, deployment, kept, calls, markTables())
      })
    })
  )
