import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventLog } from "../../src/inbound/event-log/event-log.ts"
import { Replies } from "../../src/inbound/replies/replies.ts"
import { retention, type EventRetention } from "../../src/inbound/event-log/retention.ts"
import { Logs, type PartitionLog } from "./event-log/partition-log.ts"
import { Leases } from "./partitions.ts"

interface Kept {
  position: number
  readonly open: PartitionLog["replies"]
  /** Time of the last answer to each event, the oldest first. */
  readonly answered: Map<string, number>
}

const make = (options: Partial<EventRetention>) =>
  Effect.gen(function* () {
    const events = yield* EventLog
    const leases = yield* Leases
    const logs = yield* Logs
    const { marks } = { ...retention, ...options }
    const all = new Map<number, Kept>()
    const of = (partition: number) => {
      const kept = all.get(partition) ?? {
        position: 0,
        open: logs.of(partition).replies,
        answered: new Map<string, number>()
      }
      all.set(partition, kept)
      return kept
    }

    const store = (kept: Kept, eventId: string, record: string, now: number) => {
      const known = kept.answered.delete(eventId)
      kept.answered.set(eventId, now)
      for (const [old, at] of kept.answered) {
        if (at > now - marks) break
        kept.answered.delete(old)
      }
      if (known) return "answered" as const
      kept.position += 1
      kept.open.set(kept.position, { position: kept.position, record })
      return "written" as const
    }

    return Replies.of({
      acknowledge: (owner, position, { eventId, record }) =>
        Effect.gen(function* () {
          const written = yield* events.acknowledge(owner, "runtime", position)
          if (written !== "written") return written
          return store(of(owner.partition), eventId, record, yield* Clock.currentTimeMillis)
        }).pipe(Effect.uninterruptible),
      pending: (partition, after, limit) =>
        Effect.sync(() =>
          Array.from(of(partition).open.values())
            .filter(({ position }) => position > after)
            .slice(0, limit)
        ),
      done: ({ partition, epoch }, position) =>
        Effect.sync(() => {
          if (leases.get(partition)?.epoch !== epoch) return "stale"
          return of(partition).open.delete(position) ? "written" : "absent"
        }),
      waiting: Effect.sync(() => Array.from(all.values()).reduce((sum, { open }) => sum + open.size, 0))
    })
  })

/** Replies in memory, lost with the process. Uses the values of {@link retention} by default. */
export const layer = (options: Partial<EventRetention> = {}): Layer.Layer<Replies, never, EventLog | Leases | Logs> =>
  Layer.effect(Replies, make(options))
