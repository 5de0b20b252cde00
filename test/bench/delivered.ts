// @effect-diagnostics globalDate:off
import { randomBytes } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Deployment } from "../../src/deployment/deployment.ts"
import type { JsonObject } from "../../src/domain/json.ts"
import type { ItemTools } from "../../src/inbound/admit/normalize.ts"
import { type Consumer, EventLog, type Ownership } from "../../src/inbound/event-log/event-log.ts"
import { Partitions } from "../../src/partition/partitions.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { Sealer } from "../../src/secrets/sealer.ts"
import { partsOf, whatsappChannel } from "./webhook-events.ts"

/** Webhooks of one write, and events that are acknowledged at once. */
const [size, page] = [250, 2_000]

/** The right to write to each partition of the store. */
export const owners = Effect.gen(function* () {
  const partitions = yield* Partitions
  const deployment = yield* Deployment
  return yield* Effect.forEach(Array.from({ length: deployment.partitions }).keys(), (partition) =>
    Effect.map(partitions.acquire(partition, "bench"), (epoch = 0): Ownership => ({ partition, epoch }))
  )
})

const eachPending = Effect.fnUntraced(function* (
  { partition }: Ownership,
  consumer: Consumer,
  act: (position: number) => Effect.Effect<unknown, unknown>
) {
  const log = yield* EventLog
  for (let last = 0; ;) {
    const some = yield* log.pending(partition, consumer, last, page)
    if (some.length === 0) return
    last = some.at(-1)?.position ?? 0
    yield* Effect.forEach(some, ({ position }) => act(position), { concurrency: "unbounded", discard: true })
  }
})

/** Makes webhooks with the store's own keys. */
export type MakeWebhook = (tools: ItemTools, deployment: string) => () => JsonObject

/** Admits that many webhooks, and acknowledges their events, or turns them into dead letters. */
export const deliver = Effect.fnUntraced(function* (make: MakeWebhook, count: number, end: "delivered" | "dead") {
  const log = yield* EventLog
  const deployment = yield* Deployment
  const { partitions } = deployment
  const tools: ItemTools = {
    hash: yield* IdHash,
    sealer: yield* Sealer,
    partitions,
    now: yield* Clock.currentTimeMillis
  }
  const next = make(tools, deployment.id)
  const channel = yield* whatsappChannel
  for (let left = count; left > 0; left -= size) {
    const parts = partsOf(tools, channel, Array.from({ length: Math.min(left, size) }, next))
    for (const part of parts) yield* log.admit({ nonce: randomBytes(8).toString("hex"), parts: [part] })
  }
  for (const owner of yield* owners) {
    yield* eachPending(owner, "runtime", (position) =>
      end === "dead"
        ? log.deadLetter(owner, position, "runtime_refused_422")
        : log.acknowledge(owner, "runtime", position)
    )
    yield* eachPending(owner, "ledger", (position) => log.acknowledge(owner, "ledger", position))
  }
})
