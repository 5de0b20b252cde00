import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import { retention, type EventRetention } from "../../../src/inbound/event-log/retention.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { RedisStore } from "../client.ts"
import { callsOf } from "../event-log/calls.ts"
import { markTables } from "../event-log/dedupe-tables.ts"
import { eventEraseMethods } from "./erase.ts"
import { eventFindMethods } from "./find.ts"
import { eventReadMethods } from "./read.ts"
import { eventResendMethods } from "./resend.ts"

/** Provides the event records on Redis. The options default to {@link retention}. */
export const layer = (
  options: Partial<EventRetention> = {}
): Layer.Layer<EventRecords, never, RedisStore | Deployment> =>
  Layer.effect(
    EventRecords,
    Effect.gen(function* () {
      const store = yield* RedisStore
      const deployment = yield* Deployment
      const kept: EventRetention = { ...retention, ...options }
      const calls = callsOf(store, deployment)
      return EventRecords.of({
        ...eventReadMethods(calls),
        ...eventResendMethods(store, calls),
        ...eventEraseMethods(calls),
        event: eventFindMethods(store, deployment, kept, calls, markTables())
      })
    })
  )
