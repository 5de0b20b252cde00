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
import { Observe } from "../../observe/observe.ts"
import { Sealer } from "../../secrets/sealer.ts"
import { type AdmitOutcome, EventLog } from "../event-log/event-log.ts"
import { entryBytes, groupCommit, maxBytes, maxEntries } from "./group-commit.ts"
import type { Item, ItemTools } from "./normalize.ts"
import { aliasResolver, knownAliases } from "./resolve-aliases.ts"
import { InboundNotifications } from "../notifications.ts"

/** Numbers of the items of one webhook, by outcome. */
export interface Admitted {
  readonly admitted: number
  readonly deduped: number
  readonly quarantined: number
}

/** Milliseconds after a change of the identity rules during which marks of the former rule are also checked (G12). */
const formerMarksMs = 32 * 86_400_000

/** Writes the items of a webhook to the store, each once, before the provider receives 200. */
export class Admit extends Context.Service<
  Admit,
  {
    /** Returns what an item is made with now. */
    readonly tools: () => ItemTools
    /** Clears this process's cache of learned aliases. It learns each alias again when the alias arrives. */
    readonly forgetAliases: () => void
    /**
     * Writes the items of each partition in one atomic write, or in several, in order, when they exceed one batch. Calls
     * `done` once, after all writes.
     */
    readonly commit: (
      channel: Channel,
      items: ReadonlyArray<Item>,
      startedAt: number,
      done: (admitted: Exit.Exit<Admitted, InfraError>) => void
    ) => void
    /** Does the same as `commit`, as an effect. */
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
    const observe = yield* Observe
    const notifications = yield* InboundNotifications
    const clock = yield* Clock.Clock
    const aliases = yield* Aliases
    const { partitions, identity, identitySince } = yield* Deployment
    const known = knownAliases()
    const formerRule = identity < identityVersion
    const mayHaveFormerMarks = () =>
      identitySince !== undefined && clock.currentTimeMillisUnsafe() < identitySince + formerMarksMs
    const { run } = yield* makeFiberPool()
    const commit = groupCommit(events, partitions, run, hash.correlation)

    /** Logs the outcome of an item, and notifies the workers of an admitted one. */
    const report = (channel: Channel, item: Item, admission: AdmitOutcome, durationMs: number) => {
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
      if (admission === "deduped") observe.itemDeduped(item.key)
      if (admission === "admitted")
        for (const consumer of item.entry.consumers) notifications[consumer].notify(item.partition)
    }

    /** Reports the items of one batch. Returns their numbers by outcome. */
    const reportAll = (
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
        report(channel, item, admission, durationMs)
      }
      return counts
    }

    /** Writes the items of one partition batch by batch, in order. Stops at the first batch that fails. */
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
          from(at + 1, add(before, reportAll(channel, batch, startedAt, result.value)))
        })
      }
      from(0, nothing)
    }

    const resolver = aliasResolver(aliases, known, () => clock.currentTimeMillisUnsafe(), mayHaveFormerMarks)

    const commitAll: Admit["Service"]["commit"] = (channel, all, startedAt, done) => {
      if (all.every(({ person }) => person === undefined)) return commitResolved(channel, all, startedAt, done)
      const learning = resolver.unknownAliases(all)
      if (resolver.needsStore(all)) {
        const saved = learning.length === 0 ? Effect.void : resolver.saveLearned(learning)
        const resolved = Effect.andThen(saved, resolver.resolve(all))
        return finish(resolved, done, (items) => commitResolved(channel, items, startedAt, done))
      }
      if (learning.length === 0) return commitResolved(channel, all, startedAt, done)
      let first: Exit.Exit<Admitted, InfraError> | undefined
      const both = (exit: Exit.Exit<Admitted, InfraError>) => {
        if (first === undefined) first = exit
        else if (Exit.isSuccess(first) && Exit.isSuccess(exit)) done(Exit.succeed(add(first.value, exit.value)))
        else done(failed(first, exit))
      }
      finish(resolver.saveLearned(learning), both, () => both(Exit.succeed(nothing)))
      commitResolved(channel, all, startedAt, both)
    }

    /** Runs the effect and calls `go` with its result. Calls `stop` on a failure, a defect or an interruption. */
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

    const commitResolved: Admit["Service"]["commit"] = (channel, all, startedAt, done) => {
      const [first] = all
      if (first === undefined) return done(Exit.succeed(nothing))
      if (all.length === 1) {
        return commit(first.partition, [first.entry], (result) => {
          if (Exit.isFailure(result)) return done(Exit.failCause(result.cause))
          const [admission = "deduped"] = result.value
          report(channel, first, admission, clock.currentTimeMillisUnsafe() - startedAt)
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

/** Results of a webhook with one item, made once: nearly every webhook has one. */
const one: Readonly<Record<AdmitOutcome, Exit.Exit<Admitted>>> = {
  admitted: Exit.succeed({ ...nothing, admitted: 1 }),
  deduped: Exit.succeed({ ...nothing, deduped: 1 }),
  quarantined: Exit.succeed({ ...nothing, quarantined: 1 })
}

/** Splits items into batches, in order. A batch has at least one item, and no more than a batch may hold (G28). */
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

/**
 * Returns the first failure. A webhook that is admitted in part has failed: the provider sends it again, and the items that
 * were written are then deduped.
 */
const failed = (a: Exit.Exit<Admitted, InfraError>, b: Exit.Exit<Admitted, InfraError>) => (Exit.isFailure(a) ? a : b)
