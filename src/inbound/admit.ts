import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type { Channel } from "../connector/channel.ts"
import type { InfraError } from "../domain/failure.ts"
import { Log } from "../log/log.ts"
import { Deployment } from "../partition/deployment.ts"
import { IdHash } from "../secrets/id-hash.ts"
import { Sealer } from "../secrets/sealer.ts"
import { type Admission, EventLog } from "./event-log.ts"
import { groupCommit } from "./group-commit.ts"
import type { Item, ItemTools } from "./items.ts"
import { Wake } from "./wake.ts"

/** What one webhook came to. */
export interface Admitted {
  readonly admitted: number
  readonly deduped: number
  readonly quarantined: number
}

/** The gate inward: durable, once, before anybody is told 200. */
export class Admit extends Context.Service<
  Admit,
  {
    readonly tools: () => ItemTools
    /** One atomic write per partition touched; succeeds only after all of them. */
    readonly admit: (
      channel: Channel,
      items: ReadonlyArray<Item>,
      startedAt: number
    ) => Effect.Effect<Admitted, InfraError>
  }
>()("comporta/inbound/Admit") {}

export const layer = Layer.effect(
  Admit,
  Effect.gen(function* () {
    const events = yield* EventLog
    const hash = yield* IdHash
    const sealer = yield* Sealer
    const log = yield* Log
    const wake = yield* Wake
    const clock = yield* Clock.Clock
    const { partitions } = yield* Deployment
    const fibers = yield* FiberSet.make<void, never>()
    const run = yield* FiberSet.runtime(fibers)<never>()
    const commits = Array.from({ length: partitions }, (_, partition) =>
      groupCommit(events, partition, run, hash.correlation)
    )

    const write = (channel: Channel, item: Item, admission: Admission, durationMs: number) =>
      log.write(admission === "quarantined" ? "warn" : "info", `inbound.${admission}`, {
        correlationId: item.correlationId,
        dedupeKey: item.key,
        connectorId: channel.id,
        ...(item.accountId === undefined ? {} : { accountId: item.accountId }),
        outcome: admission,
        deduped: admission === "deduped",
        ...(item.reason === undefined ? {} : { failureClass: "PayloadError" as const, failureCode: item.reason }),
        ...(item.eventType === undefined ? {} : { eventType: item.eventType }),
        durationMs
      })

    const commitGroup = (channel: Channel, items: ReadonlyArray<Item>, partition: number, startedAt: number) =>
      Effect.map(commits[partition]?.(items.map(({ entry }) => entry)) ?? Effect.succeed([]), (admissions) => {
        const durationMs = clock.currentTimeMillisUnsafe() - startedAt
        const counts = { admitted: 0, deduped: 0, quarantined: 0 }
        admissions.forEach((admission, index) => {
          counts[admission] += 1
          const item = items[index]
          if (item !== undefined) write(channel, item, admission, durationMs)
        })
        if (counts.admitted > 0) wake.notify(partition)
        return counts
      })

    return Admit.of({
      tools: () => ({ hash, sealer, partitions, now: clock.currentTimeMillisUnsafe() }),
      admit: (channel, items, startedAt) => {
        const first = items[0]
        if (first === undefined) return Effect.succeed({ admitted: 0, deduped: 0, quarantined: 0 })
        if (items.every(({ partition }) => partition === first.partition)) {
          return commitGroup(channel, items, first.partition, startedAt)
        }
        const groups = Map.groupBy(items, ({ partition }) => partition)
        return Effect.map(
          Effect.forEach(groups, ([partition, group]) => commitGroup(channel, group, partition, startedAt), {
            concurrency: partitions
          }),
          (all) =>
            all.reduce((sum, one) => ({
              admitted: sum.admitted + one.admitted,
              deduped: sum.deduped + one.deduped,
              quarantined: sum.quarantined + one.quarantined
            }))
        )
      }
    })
  })
)
