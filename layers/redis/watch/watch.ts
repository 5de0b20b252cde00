import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { reachableCheck, stampsCheck } from "../../../src/boot/partition-checks.ts"
import { failed, isOk } from "../../../src/boot/report.ts"
import type { ServerFacts } from "../../../src/boot/store-facts.ts"
import { type Judged, judgeStore, storeRegistry, storeReport } from "../../../src/boot/store-registry.ts"
import { StoreWatch } from "../../../src/boot/store-services.ts"
import type { Environment, StoreConfig } from "../../../src/config/config.ts"
import type { BootCheck } from "../../../src/log/line.ts"
import { Log } from "../../../src/log/log.ts"
import { unforeseenCause } from "../../../src/log/failure-fields.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { RedisStore } from "../client.ts"
import { makeReplicas } from "./poll-replicas.ts"
import { makeWatchGate } from "./gate.ts"
import { makeStampReader } from "./stamp-reader.ts"
import { makePoll } from "./poll.ts"
import { keepFindings, makeReporter } from "./findings.ts"

/** Milliseconds between two polls, shorter while a check fails, and between two polls of the replicas. */
const every = { poll: 1_000, failing: 250, replicas: 60_000, waiting: 2_000 }

/** Milliseconds after which the last poll no longer counts. */
const stale = 6_000

const tooOld = failed(
  "store.reachable",
  "timeout",
  "store_timeout",
  "no look at the store ends: find out whether the store or this process hangs"
)

const isFailed = (check: BootCheck) => !isOk(check)

const make = Effect.fnUntraced(function* (config: StoreConfig, environment: Environment) {
  const store = yield* RedisStore
  const log = yield* Log
  const deployment = yield* Deployment
  const poll = makePoll(store, deployment)
  const readStamps = makeStampReader(store, deployment)
  const gate = makeWatchGate(store)
  const report = makeReporter(log)
  const replicas = makeReplicas(store)
  const soon = yield* Queue.sliding<void>(1)
  const replicasSoon = yield* Queue.sliding<void>(1)
  const clock = yield* Clock.Clock
  const monotonic = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  let judged: ReadonlyArray<Judged> = []
  let checks: ReadonlyArray<BootCheck> = []
  let servers: ReadonlyArray<ServerFacts> = []
  let ended = monotonic()

  const isRefusing = () => judged.some(({ check, findings }) => check.refusal !== undefined && findings.length > 0)

  const round = Effect.gen(function* () {
    const was = isRefusing()
    const found = yield* poll(gate.isNew)
    servers = found.facts.servers
    const now = judgeStore(storeRegistry, { ...found.facts, replicas: replicas.of(servers) }, config, environment)
    judged = keepFindings(judged, now, found.facts.unseen)
    gate.settle(judged, found.seen)
    checks = storeReport(judged)
    ended = monotonic()
    // The reason to refuse a replica may end soon, so replicas are read more often from now on.
    if (replicas.isNew(servers) || (!was && isRefusing())) Queue.offerUnsafe(replicasSoon, undefined)
  })
  const isFailing = () => judged.some(({ findings }) => findings.length > 0)
  const pollReplicas = Effect.suspend(() => replicas.poll(servers)).pipe(
    Effect.andThen(Effect.sync(() => Queue.offerUnsafe(soon, undefined)))
  )
  const replicaPause = () => (replicas.isWaiting() || isRefusing() ? every.waiting : every.replicas)

  const forever = (what: Effect.Effect<void>, wake: Queue.Queue<void>, pause: () => number) =>
    Effect.suspend(() => Effect.timeoutOption(Queue.take(wake), pause())).pipe(
      Effect.andThen(what),
      Effect.catchCauseIf(
        (cause) => !Cause.hasInterruptsOnly(cause),
        (cause) => Effect.sync(() => log.write("error", "internal", unforeseenCause(cause)))
      ),
      Effect.forever,
      Effect.forkScoped
    )

  store.gate.onConnection = () => {
    Queue.offerUnsafe(soon, undefined)
    Queue.offerUnsafe(replicasSoon, undefined)
  }
  yield* round
  if (isFailing()) Queue.offerUnsafe(soon, undefined)
  yield* forever(
    Effect.andThen(
      round,
      Effect.suspend(() => report(checks, store.capacity().used))
    ),
    soon,
    () => (isFailing() ? every.failing : every.poll)
  )
  yield* forever(pollReplicas, replicasSoon, replicaPause)
  yield* SubscriptionRef.changes(store.failovers).pipe(
    Stream.runForEach(() => Effect.sync(() => Queue.offerUnsafe(replicasSoon, undefined))),
    Effect.forkScoped
  )

  return StoreWatch.of({
    checks: Effect.map(readStamps, (now) => {
      const found = storeReport(judgeStore([reachableCheck, stampsCheck], now, config, environment)).filter(isFailed)
      if (found.length > 0) Queue.offerUnsafe(soon, undefined)
      const newer = monotonic() - ended <= stale ? found : [...found, tooOld]
      return checks.map((check) => newer.find(({ name }) => name === check.name) ?? check)
    })
  })
})

/** Watches the store over the connections that the gateway itself uses. */
export const layer = (
  config: StoreConfig,
  environment: Environment
): Layer.Layer<StoreWatch, never, RedisStore | Deployment | Log> => Layer.effect(StoreWatch, make(config, environment))
