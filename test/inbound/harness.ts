import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as IdHash from "../../layers/node-crypto/id-hash.ts"
import * as Sealer from "../../layers/node-crypto/sealer.ts"
import * as MemoryStore from "../../layers/memory/store.ts"
import { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { InboundEvent } from "../../src/domain/event.ts"
import { ConversationId, CorrelationId, EventId } from "../../src/domain/ids.ts"
import * as Breaker from "../../src/inbound/deliver/circuit-breaker.ts"
import { EventLog, type Consumer, type NewEntry } from "../../src/inbound/event-log/event-log.ts"
import { encodeEvent } from "../../src/inbound/event-log/event-codec.ts"
import { LaneProcessor } from "../../src/outbound/queue/process-next.ts"
import { Partitions } from "../../src/partition/partitions.ts"
import * as SealerService from "../../src/secrets/sealer.ts"
import { faultyEventLog } from "../fakes/event-log.ts"
import * as RecordedLog from "../fakes/log.ts"
import { scriptedRuntime } from "../fakes/runtime.ts"
import { observedNotifications } from "../fakes/notifications.ts"
import { anEvent, personal } from "../layers/runtime-push/an-event.ts"
import { into } from "../support/into.ts"

export const pepper = Redacted.make("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
export const idHash = IdHash.layer(pepper).pipe(Layer.orDie)

const observed = faultyEventLog(Layer.effect(EventLog, EventLog))

/** Provides no accepted intents. */
const noLanes = Layer.succeed(
  LaneProcessor,
  LaneProcessor.of({ processNext: () => Effect.succeed({ _tag: "Done" }), next: () => Effect.never })
)

const unexpectedCall = Effect.die(new Error("nothing is sent here"))
const unexpectedCaller = { call: () => unexpectedCall, open: () => unexpectedCall }
const noProvider = Layer.succeed(ProviderHttp, ProviderHttp.of({ ...unexpectedCaller, within: () => unexpectedCaller }))

/** Provides every service of the way in, each observable: a store of two partitions, a runtime, a log. */
export const baseLayer = Layer.mergeAll(
  observed,
  observedNotifications,
  noLanes,
  noProvider,
  idHash,
  Sealer.plain,
  scriptedRuntime,
  Layer.provideMerge(Breaker.layer(), RecordedLog.layer)
).pipe(Layer.provideMerge(MemoryStore.layer({ partitions: 2 })))

const hex = (n: number) => n.toString(16).padStart(32, "0")
export const eventIdOf = (n: number) => EventId.make(`evt_${hex(n)}`)
export const conversationOf = (n: number) => ConversationId.make(`cnv_${hex(n)}`)

/** Returns the `n`th event, in the first conversation unless another is given. */
export const eventOf = (n: number, conversation = 1, over: Partial<InboundEvent> = {}): InboundEvent =>
  anEvent(
    { ...personal, providerId: `provider-${n}` },
    {
      eventId: eventIdOf(n),
      correlationId: CorrelationId.make(`cor_${hex(n)}`),
      conversation: conversationOf(conversation),
      ...over
    }
  )

export const entryOf = Effect.fnUntraced(function* (
  event: InboundEvent,
  consumers: ReadonlyArray<Consumer> = ["runtime"]
): Effect.fn.Return<NewEntry, never, SealerService.Sealer> {
  const sealer = yield* SealerService.Sealer
  return { key: event.eventId, sort: "event", consumers, ...encodeEvent(sealer, event) }
})

let batches = 0

/** Writes entries to the first partition, and wakes no worker. */
export const admitted = Effect.fnUntraced(function* (...entries: ReadonlyArray<NewEntry>) {
  const events = yield* EventLog
  return yield* events.admit(into(0, { nonce: `harness-${++batches}`, entries }))
})

/** Writes events for the runtime to the first partition, and wakes no worker. */
export const admittedEvents = (...events: ReadonlyArray<InboundEvent>) =>
  Effect.flatMap(
    Effect.forEach(events, (event) => entryOf(event)),
    (entries) => admitted(...entries)
  )

/** Stops a worker whose deliveries do not end by themselves. */
export const stopped = Effect.fnUntraced(function* <A>(worker: Fiber.Fiber<A>) {
  const stopping = yield* Effect.forkChild(Fiber.interrupt(worker), { startImmediately: true })
  yield* TestClock.adjust("1 second")
  yield* Fiber.join(stopping)
})

/** Acquires the first partition, and fences its former owner. */
export const owner = Effect.gen(function* () {
  const partitions = yield* Partitions
  const epoch = yield* partitions.acquire(0, "replica")
  if (epoch === undefined) return yield* Effect.die(new Error("expected the partition to be free"))
  return { partition: 0, epoch }
})
