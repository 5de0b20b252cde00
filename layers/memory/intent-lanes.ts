import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ConversationId, IntentId } from "../../src/domain/ids.ts"
import { IntentLanes } from "../../src/outbound/queue/intent-lanes.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import type { Owner } from "../../src/partition/hold.ts"
import { partitionOf } from "../../src/partition/partitions.ts"
import { Leases } from "./partitions.ts"

interface Lane {
  readonly entries: ReadonlyArray<IntentId>
  /** Milliseconds since the epoch. */
  readonly due: number
}

/** Lanes for `local` and for tests. Time is the Clock's. */
export const layer: Layer.Layer<IntentLanes, never, Deployment | Leases> = Layer.effect(
  IntentLanes,
  Effect.gen(function* () {
    const { partitions } = yield* Deployment
    const leases = yield* Leases
    const lanes = new Map<ConversationId, Lane>()
    const at = <A>(step: (now: number) => A) => Effect.map(Clock.currentTimeMillis, step)
    const isStale = ({ partition, epoch }: Owner) => leases.get(partition)?.epoch !== epoch

    return IntentLanes.of({
      enqueue: (_, entries) =>
        at((now) => {
          for (const { lane, intentId } of entries) {
            const known = lanes.get(lane) ?? { entries: [], due: now }
            if (known.entries.includes(intentId)) continue
            lanes.set(lane, { ...known, entries: [...known.entries, intentId] })
          }
        }),
      due: (partition, limit) =>
        at((now) =>
          [...lanes]
            .filter(([lane, { due }]) => partitionOf(lane, partitions) === partition && due <= now)
            .sort(([, a], [, b]) => a.due - b.due)
            .slice(0, limit)
            .map(([lane]) => lane)
        ),
      advance: (owner, lane, done) =>
        Effect.sync(() => {
          if (isStale(owner)) return "stale"
          const known = lanes.get(lane)
          const entries = known?.entries.filter((intentId) => intentId !== done) ?? []
          if (known === undefined || entries.length === 0) lanes.delete(lane)
          else lanes.set(lane, { ...known, entries })
          return { first: entries[0] }
        }),
      postpone: (owner, lane, millis) =>
        at((now) => {
          if (isStale(owner)) return "stale"
          const known = lanes.get(lane)
          if (known !== undefined) lanes.set(lane, { ...known, due: now + millis })
          return "written"
        }),
      open: Effect.sync(() => lanes.size)
    })
  })
)
