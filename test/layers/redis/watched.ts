import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type AnyOptions, layer as connect, RedisStore } from "../../../layers/redis/client.ts"
import { initStore } from "../../../layers/redis/deployment/deployment.ts"
import * as Sealer from "../../../layers/node-crypto/sealer.ts"
import { layer as ledger } from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { layer as storeAdmin } from "../../../layers/redis/store-admin/store-admin.ts"
import { layer as storeLayer } from "../../../layers/redis/store.ts"
import { layer as watch } from "../../../layers/redis/watch/watch.ts"
import { StoreAdmin, StoreWatch } from "../../../src/boot/store-services.ts"
import type { StoreConfig } from "../../../src/config/config.ts"
import { retentionDefaults } from "../../../src/config/store-schema.ts"
import * as Admission from "../../contracts/event-log/subject.ts"
import { claimOf, newId } from "../../contracts/intent-ledger/subject.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import * as RecordedLog from "../../fakes/log.ts"
import { into } from "../../support/into.ts"
import { becomes } from "../../support/test-bed.ts"

/** A server as staging wants it. */
export const durable = ["--appendonly", "yes", "--appendfsync", "always"]

const declared: StoreConfig = {
  at: { _tag: "Server", url: "redis://of-the-options" },
  durability: "host",
  retention: retentionDefaults
}

let events = 0

/** One process of a staging deployment over a store that is stamped for it: what it writes with, its watch and its log. */
export const watched = Effect.fnUntraced(function* (options: AnyOptions, config: Partial<StoreConfig> = {}) {
  const { replicas } = options
  const fullConfig = { ...declared, ...(replicas === undefined ? {} : { replicas }), ...config }
  const context = yield* Layer.build(
    Layer.mergeAll(watch(fullConfig, "staging"), ledger(), storeAdmin({ environment: "staging" })).pipe(
      Layer.provideMerge(storeLayer({ environment: "staging" })),
      Layer.provide(Layer.effectDiscard(initStore({ environment: "staging", partitions: 4 }))),
      Layer.provideMerge(connect(options)),
      Layer.provideMerge(Layer.mergeAll(RecordedLog.layer, Sealer.plain))
    )
  )
  const log = Context.get(context, RecordedLog.RecordedLog)
  const eventLog = Context.get(context, EventLog)
  const intents = Context.get(context, IntentLedger)
  // A machine that is busy takes more than the two seconds of a command now and then.
  const codeOf = <A>(effect: Effect.Effect<A, { readonly code: string }>) =>
    becomes(
      Effect.match(effect, { onSuccess: () => "ok", onFailure: ({ code }) => code }),
      (code) => code !== "store_unavailable"
    )
  return {
    context,
    log,
    store: Context.get(context, RedisStore),
    admin: Context.get(context, StoreAdmin),
    checks: Context.get(context, StoreWatch).checks,
    /** The names of the checks that fail now. */
    failing: Effect.map(Context.get(context, StoreWatch).checks, (all) =>
      all.flatMap(({ name, state }) => (state === "ok" ? [] : [name]))
    ),
    /** Admits one event more; `ok` or the code of its refusal. */
    admits: (partition = 0) =>
      codeOf(Effect.suspend(() => eventLog.admit(into(partition, Admission.batch(Admission.event(++events)))))),
    /** Claims an intent that nobody has claimed; `ok` or the code of its refusal. */
    claims: codeOf(Effect.suspend(() => intents.claim(claimOf(newId())))),
    /** Waits until a check has failed, or passed again, so many times. */
    fails: (name: string, count = 1) => said(log, "store.check_failed", name, count),
    passes: (name: string, count = 1) => said(log, "store.check_passed", name, count)
  }
})

type Recorded = RecordedLog.RecordedLog["Service"]

/** The lines about one check. */
export const linesOf = (log: Recorded, event: "store.check_failed" | "store.check_passed", name: string) =>
  log.of(event).filter(({ fields }) => fields.checks?.some((check) => check.name === name) === true)

const said = (
  log: Recorded,
  event: "store.check_failed" | "store.check_passed",
  name: string,
  count: number
): Effect.Effect<void> =>
  Effect.suspend(() =>
    linesOf(log, event, name).length >= count
      ? Effect.void
      : Effect.flatMap(log.waitFor(event, log.of(event).length + 1), () => said(log, event, name, count))
  )
