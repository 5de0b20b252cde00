import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { Channel } from "../../connector/channel.ts"
import type { InfraError } from "../../domain/failure.ts"
import { Log } from "../../log/log.ts"
import { makeFiberPool } from "../../concurrency/fiber-pool.ts"
import { Aliases } from "../../partition/aliases.ts"
import { Deployment, identityVersion } from "../../deployment/deployment.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import { Sealer } from "../../secrets/sealer.ts"
import { type AdmitOutcome, EventLog } from "../event-log/event-log.ts"
import { entryBytes, groupCommit, maxBytes, maxEntries } from "./group-commit.ts"
import type { Item, ItemTools } from "./normalize.ts"
import { knownAliases } from "./known-aliases.ts"
import { orderingOf } from "./resolve-aliases.ts"
import { InboundNotifications } from "../notifications.ts"

/** What one webhook came to. */
export interface Admitted {
  readonly admitted: number
  readonly deduped: number
  readonly quarantined: number
}

/** Milliseconds after a change of the identity rules for which marks of the rule before are looked for (G12). */
const formerRuleLives = 32 * 86_400_000

/** The gate inward: durable, once, before anybody is told 200. */
export class Admit extends Context.Service<
  Admit,
  {
    readonly tools: () => ItemTools
    /** Forgets which aliases this process has learned: it learns them again when they come. */
    readonly forgetAliases: () => void
    /**
     * One atomic write per partition touched, or several in order where it does not fit into one batch; calls back once, after
     * all of them.
     */
    readonly commit: (
      channel: Channel,
      items: ReadonlyArray<Item>,
      startedAt: number,
      done: (admitted: Exit.Exit<Admitted, InfraError>) => void
    ) => void
    /** The same as an effect. */
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
    const notifications = yield* InboundNotifications
    const clock = yield* Clock.Clock
    const aliases = yield* Aliases
    const { partitions, identity, identitySince } = yield* Deployment
    const known = knownAliases()
    const formerRule = identity < identityVersion
    const isLate = () =>
      identitySince !== undefined && clock.currentTimeMillisUnsafe() < identitySince + formerRuleLives
    const { run } = yield* makeFiberPool()
    const commit = groupCommit(events, partitions, run, hash.correlation)

    /** Tells the log and the workers what became of an item. */
    const tell = (channel: Channel, item: Item, admission: AdmitOutcome, durationMs: number) => {
      log.write(admission === "quarantined" ? "warn" : "info", `inbound.${admission}`, {
        correlationId: item.correlationId,
        dedupeKey: item.key,
        connectorId: channel.id,
        ...(item.accountId === undefined ? {} : { accountId: item.accountId }),
        outcome: admission,
        deduped: admission === "deduped",
        ...(item.reason === undefined ? {} : { failureClass: "PayloadError" as const, failureCode: item.reason }),
        durationMs,
        ...(item.eventType === undefined ? {} : { eventType: item.eventType })
      })
      if (admission === "admitted")
        for (const consumer of item.entry.consumers) notifications[consumer].notify(item.partition)
    }

    /** The same of all items of one partition, and how many they are of each. */
    const tellAll = (
      channel: Channel,
      items: ReadonlyArray<Item>,
      startedAt: number,
      admissions: ReadonlyArray<AdmitOutcome>
    ): Admitted => {
      const durationMs = clock.currentTimeMillisUnsafe() - startedAt
      const counts = { ...nothing }
      for (const [index, item] of items.entries()) {
        const admission = admissions[index] ?? "deduped"
        counts[admission] += 1
        tell(channel, item, admission, durationMs)
      }
      return counts
    }

    /** Writes items of one partition, batch after batch, in order; what follows a batch that failed is not written. */
    const commitInOrder = (
      channel: Channel,
      partition: number,
      items: ReadonlyArray<Item>,
      startedAt: number,
      done: (admitted: Exit.Exit<Admitted, InfraError>) => void
    ) => {
      const batches = batchesOf(items)
      const from = (at: number, before: Admitted): void => {
        const batch = batches[at]
        if (batch === undefined) return done(Exit.succeed(before))
        commit(partition, entriesOf(batch), (result) => {
          if (Exit.isFailure(result)) return done(Exit.failCause(result.cause))
          from(at + 1, add(before, tellAll(channel, batch, startedAt, result.value)))
        })
      }
      from(0, nothing)
    }

    const ordering = orderingOf(aliases, known, () => clock.currentTimeMillisUnsafe(), isLate)

    const commitAll: Admit["Service"]["commit"] = (channel, all, startedAt, done) => {
      if (all.every(({ person }) => person === undefined)) return commitPlaced(channel, all, startedAt, done)
      const learning = ordering.learn(all)
      if (ordering.isAsked(all)) {
        const learned = learning.length === 0 ? Effect.void : ordering.learned(learning)
        const placed = Effect.andThen(learned, ordering.placed(all))
        return finish(placed, done, (items) => commitPlaced(channel, items, startedAt, done))
      }
      if (learning.length === 0) return commitPlaced(channel, all, startedAt, done)
      let first: Exit.Exit<Admitted, InfraError> | undefined
      const both = (exit: Exit.Exit<Admitted, InfraError>) => {
        if (first === undefined) first = exit
        else if (Exit.isSuccess(first) && Exit.isSuccess(exit)) done(Exit.succeed(add(first.value, exit.value)))
        else done(failed(first, exit))
      }
      finish(ordering.learned(learning), both, () => both(Exit.succeed(nothing)))
      commitPlaced(channel, all, startedAt, both)
    }

    /** Runs the effect and goes on with what it returns; a failure, a defect and an interruption are told. */
    const finish = <A>(
      effect: Effect.Effect<A, InfraError>,
      stop: (exit: Exit.Exit<never, InfraError>) => void,
      go: (value: A) => void
    ) => {
      run(
        Effect.ignore(
          Effect.onExit(effect, (exit) =>
            Effect.sync(() => (Exit.isFailure(exit) ? stop(Exit.failCause(exit.cause)) : go(exit.value)))
          )
        )
      )
    }

    const commitPlaced: Admit["Service"]["commit"] = (channel, all, startedAt, done) => {
      const [first] = all
      if (first === undefined) return done(Exit.succeed(nothing))
      if (all.length === 1) {
        return commit(first.partition, [first.entry], (result) => {
          if (Exit.isFailure(result)) return done(Exit.failCause(result.cause))
          const [admission = "deduped"] = result.value
          tell(channel, first, admission, clock.currentTimeMillisUnsafe() - startedAt)
          done(one[admission])
        })
      }
      const groups = Map.groupBy(all, ({ partition }) => partition)
      let left = groups.size
      let sum: Exit.Exit<Admitted, InfraError> = Exit.succeed(nothing)
      for (const [partition, items] of groups) {
        commitInOrder(channel, partition, items, startedAt, (counts) => {
          sum =
            Exit.isSuccess(sum) && Exit.isSuccess(counts)
              ? Exit.succeed(add(sum.value, counts.value))
              : failed(sum, counts)
          left -= 1
          if (left === 0) done(sum)
        })
      }
    }

    return Admit.of({
      tools: () => ({ hash, sealer, partitions, now: clock.currentTimeMillisUnsafe(), formerRule }),
      forgetAliases: known.clear,
      commit: commitAll,
      admit: (channel, items, startedAt) => Effect.callback((resume) => commitAll(channel, items, startedAt, resume))
    })
  })
)

const nothing: Admitted = { admitted: 0, deduped: 0, quarantined: 0 }

/** What nearly every webhook comes to, which holds one item. */
const one: Readonly<Record<AdmitOutcome, Exit.Exit<Admitted>>> = {
  admitted: Exit.succeed({ ...nothing, admitted: 1 }),
  deduped: Exit.succeed({ ...nothing, deduped: 1 }),
  quarantined: Exit.succeed({ ...nothing, quarantined: 1 })
}

/** In order, each as much as a batch may be (G28), and at least one item. */
const batchesOf = (items: ReadonlyArray<Item>): ReadonlyArray<ReadonlyArray<Item>> => {
  const batches: Array<Array<Item>> = []
  let last: Array<Item> = []
  let bytes = 0
  for (const item of items) {
    const size = entryBytes(item.entry)
    if (last.length === 0 || last.length >= maxEntries || bytes + size > maxBytes) {
      last = []
      batches.push(last)
      bytes = 0
    }
    last.push(item)
    bytes += size
  }
  return batches
}

const entriesOf = (items: ReadonlyArray<Item>) => items.map(({ entry }) => entry)

const add = (a: Admitted, b: Admitted): Admitted => ({
  admitted: a.admitted + b.admitted,
  deduped: a.deduped + b.deduped,
  quarantined: a.quarantined + b.quarantined
})

/** What is not admitted whole is not admitted: the provider delivers it again, and what was written is deduped then. */
const failed = (a: Exit.Exit<Admitted, InfraError>, b: Exit.Exit<Admitted, InfraError>) => (Exit.isFailure(a) ? a : b)
