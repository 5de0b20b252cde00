import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Accounts from "../../../layers/redis/accounts/accounts.ts"
import * as Activations from "../../../layers/redis/activations/activations.ts"
import * as AuditLog from "../../../layers/redis/audit-log.ts"
import { RedisStore } from "../../../layers/redis/client.ts"
import * as DataKeys from "../../../layers/redis/data-keys.ts"
import * as Deployment from "../../../layers/redis/deployment/deployment.ts"
import * as Evidence from "../../../layers/redis/evidence/evidence-store.ts"
import * as Ledger from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import * as LastProofs from "../../../layers/redis/last-proofs.ts"
import { asInteger, asText, asTexts } from "../../../layers/redis/scripting/reply.ts"
import * as Store from "../../../layers/redis/store.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { Deployment as DeploymentService, defaultPartitions } from "../../../src/deployment/deployment.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { accountsContract } from "../../contracts/accounts.ts"
import { activationsContract } from "../../contracts/activations.ts"
import { aliasesContract } from "../../contracts/aliases.ts"
import { account, pair, recipient, slow } from "../../contracts/accounts/subject.ts"
import { auditLogContract } from "../../contracts/audit-log.ts"
import { dataKeysContract } from "../../contracts/data-keys.ts"
import { eventLogContract } from "../../contracts/event-log.ts"
import { evidenceStoreContract } from "../../contracts/evidence-store.ts"
import { intentLanesContract } from "../../contracts/intent-lanes.ts"
import { intentLedgerContract } from "../../contracts/intent-ledger.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"
import { lastProofsContract } from "../../contracts/last-proofs.ts"
import { partitionsContract } from "../../contracts/partitions.ts"
import { repliesContract } from "../../contracts/replies.ts"
import type { StoreUnderTest } from "../../contracts/store.ts"
import { archivingLedger } from "../../support/archiving-ledger.ts"
import { elapse } from "../../support/store-time.ts"
import { ageMarks } from "./age-marks.ts"

/** An empty store at each call, wherever it is. */
type Fresh = () => Layer.Layer<RedisStore, InfraError>

const options = { environment: "local", partitions: 2 } as const
const deployment = Deployment.layer({ environment: "local" })

const inBoth = <E, R>(act: (partition: number) => Effect.Effect<unknown, E, R>) =>
  Effect.forEach([0, 1], act, { discard: true })

const storeOn = (fresh: Fresh): StoreUnderTest<RedisStore> => ({
  layer: (retention = {}) => Store.layer({ ...options, retention }).pipe(Layer.provideMerge(fresh())),
  passGenerations: (count) => inBoth((partition) => ageMarks(partition, count)),
  passLease: (millis) =>
    inBoth((partition) =>
      RedisStore.use((store) => store.command("HINCRBY", keysOf(store.prefix, partition).of("lease"), "until", -millis))
    )
})

/** Each replica is a field with two times: since when it is there, and until when it counts. */
const passPresence = (millis: number) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const key = keysOf(store.prefix, 0).of("replicas")
    const fields = yield* Effect.flatMap(store.command("HGETALL", key), asTexts("HGETALL"))
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [since, until] = (fields[at + 1] ?? "").split(" ").map(Number)
      yield* store.command("HSET", key, fields[at] ?? "", `${(since ?? 0) - millis} ${(until ?? 0) - millis}`)
    }
  })

/** The server's own clock cannot be moved: the limits are moved ahead of it. */
const aheadBy = Effect.fnUntraced(function* (millis: number) {
  const { command, prefix } = yield* RedisStore
  const partition = partitionOf(account, defaultPartitions)
  for (const limited of [`${account}:${slow().name}`, `${recipient}:${pair.name}`]) {
    const key = `${prefix}:{p${partition}}:limit:${limited}`
    const stored = Number(yield* Effect.flatMap(command("GET", key), asText("GET")))
    yield* command("SET", key, stored + millis)
  }
})

/** The server's own clock cannot be moved: what is left of a proof is taken from it. */
const passProof = Effect.fnUntraced(function* (millis: number) {
  const store = yield* RedisStore
  const key = keysOf(store.prefix, 0).proof("a")
  const left = yield* Effect.flatMap(store.command("PTTL", key), asInteger("PTTL"))
  yield* store.command("PEXPIRE", key, left - millis)
})

/** Every service that Redis implements, by its contract. */
export const redisContracts = (name: string, fresh: Fresh) => {
  const store = storeOn(fresh)
  eventLogContract(name, store)
  aliasesContract(name, store)
  partitionsContract(name, { ...store, passPresence })
  repliesContract(name, store)
  auditLogContract(name, () =>
    AuditLog.layer.pipe(Layer.provideMerge(deployment), Layer.provideMerge(fresh()), Layer.provideMerge(testSealer))
  )
  dataKeysContract(
    name,
    () => DataKeys.layer.pipe(Layer.provide(deployment), Layer.provideMerge(fresh())),
    RedisStore.use((store) => store.command("DEL", keysOf(store.prefix, 0).of("keys")))
  )
  evidenceStoreContract(name, () => Evidence.layer.pipe(Layer.provideMerge(deployment), Layer.provideMerge(fresh())))
  activationsContract(
    name,
    () => Activations.layer.pipe(Layer.provideMerge(deployment), Layer.provideMerge(fresh())),
    DeploymentService.useSync(({ id }) => id)
  )
  lastProofsContract(name, () => Layer.provideMerge(LastProofs.layer, fresh()), passProof)
  describe(`intent ledger in ${name}`, () =>
    intentLedgerContract({
      layer: (retention) =>
        Ledger.layer(retention).pipe(
          Layer.provideMerge(deployment),
          Layer.provideMerge(fresh()),
          Layer.provideMerge(testSealer)
        ),
      elapse
    }))
  describe(`intent ledger in ${name}, with every ended intent archived`, () =>
    intentLedgerContract({
      layer: (retention) =>
        archivingLedger(Ledger.layer({ ...retention, settle: 0 }).pipe(Layer.provideMerge(deployment))).pipe(
          Layer.provideMerge(fresh()),
          Layer.provideMerge(testSealer)
        ),
      elapse
    }))
  describe(`intent lanes in ${name}`, () =>
    intentLanesContract({
      layer: Layer.suspend(() => Layer.fresh(Store.layer(options).pipe(Layer.provideMerge(fresh())))),
      elapse
    }))
  describe(`accounts in ${name}`, () =>
    accountsContract({
      layer: (timing) => Accounts.layer(timing).pipe(Layer.provideMerge(deployment), Layer.provideMerge(fresh())),
      elapse,
      setBack: aheadBy
    }))
}
