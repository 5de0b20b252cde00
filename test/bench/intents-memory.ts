import { randomBytes } from "node:crypto"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defaultPrefix } from "../../layers/redis/connection/connection.ts"
import { layer as ledgerLayer } from "../../layers/redis/intent-ledger/intent-ledger.ts"
import { intentKeys } from "../../layers/redis/intent-ledger/keys.ts"
import { memoryShares, storedBytes, volumeOf } from "../../src/boot/memory-model.ts"
import { retentionDefaults } from "../../src/config/store-schema.ts"
import { defaultPartitions, Deployment } from "../../src/deployment/deployment.ts"
import { AccountId, CapabilityId, ConnectorId, type IntentId } from "../../src/domain/ids.ts"
import { IntentLedger, type IntentRetention } from "../../src/outbound/ledger/intent-ledger.ts"
import { partitionOf } from "../../src/partition/partitions.ts"
import { callMillis } from "../../src/outbound/send/call-provider.ts"
import { IdHash } from "../../src/secrets/id-hash.ts"
import { admit } from "./remember.ts"
import { deliver } from "./delivered.ts"
import { sealedStore } from "./sealed-store.ts"
import { type Server, serve } from "./timed-store.ts"
import { status, text } from "./webhook-events.ts"

// Measures the memory that an intent takes in the store in each stage of its life, as the store reports it. Fills a store as it is
// in the long run at one message a second, and prints its memory beside the model's. Content is sealed.

const { values } = parseArgs({
  options: {
    intents: { type: "string", default: "100000" },
    tombstones: { type: "string", default: "1000000" },
    /** The month has one of so many messages. */
    scale: { type: "string", default: "100" },
    only: { type: "string", default: "stages,month" }
  }
})

const count = Number(values.intents)
const tombstones = Number(values.tombstones)
const scale = Number(values.scale)
const concurrency = 64
/** Intents that are brought from one stage to the next before others begin. */
const chunk = 50_000

/** Rounds that archive nothing, after which a partition has nothing left to delete either: a round deletes about 1,000. */
const idleRounds = Math.ceil(chunk / defaultPartitions / 1_000) + 2

/** A retention that has passed already. */
const over = -1_000
const usual = ledgerLayer()
const passed = { archiving: { settle: over }, expiring: { settle: over, intents: over } }

const random = (bytes: number) => randomBytes(bytes).toString("hex")

/** Claims and settles one intent as a text of WhatsApp, and applies its three statuses; `upTo` says where it ends. Returns its id. */
const live = Effect.fnUntraced(function* (upTo: "open" | "settled" | "read", isIndexed = false) {
  const ledger = yield* IntentLedger
  const hash = yield* IdHash
  const intentId: IntentId = hash.intent([random(8)])
  const token = random(16)
  const claimed = yield* ledger.claim({
    intentId,
    token,
    content: random(16),
    callMillis,
    meta: {
      connector: ConnectorId.make("whatsapp"),
      account: AccountId.make("support"),
      capabilityId: CapabilityId.make("whatsapp.text"),
      protection: "verified",
      correlationId: hash.correlation()
    }
  })
  if (upTo === "open" || claimed._tag !== "Claimed") return intentId
  const messageId = `wamid.${randomBytes(42).toString("base64")}`
  const receipt = { state: "sent", receipt: { messageId }, ...(isIndexed ? { mark: random(16) } : {}) } as const
  yield* ledger.settle(intentId, claimed.attempt, token, receipt, claimed.record)
  if (upTo === "settled") return intentId
  for (const word of ["sent", "delivered", "read"]) {
    yield* ledger.evidence({ intentId, attempt: claimed.attempt, status: word, messageId })
  }
  return intentId
})

const liveAll = (many: number, upTo: "open" | "settled" | "read", isIndexed = false) =>
  Effect.forEach(Array.from({ length: many }).keys(), () => live(upTo, isIndexed), { concurrency, discard: true })

/**
 * Runs the archive of every partition until it does nothing more, with a ledger for which everything is old enough. Returns the
 * number of intents that it archived.
 */
const archive = (retention: Partial<IntentRetention>) =>
  Effect.gen(function* () {
    const ledger = yield* IntentLedger
    const { partitions } = yield* Deployment
    let sum = 0
    for (let partition = 0; partition < partitions; partition++) {
      // A round archives a part, and one that archives nothing may still delete a part.
      for (let idle = 0; idle < idleRounds;) {
        // A machine with other work may exceed the time of a command. The measurement is of memory.
        const some = yield* Effect.retry(ledger.archive(partition), { times: 10 })
        sum += some
        idle = some === 0 ? idle + 1 : 0
      }
    }
    return sum
  }).pipe(Effect.provide(ledgerLayer(retention)))

const server = Effect.acquireRelease(Effect.promise(serve), (started) => Effect.promise(started.stop))

type Services = Layer.Success<typeof usual> | Layer.Success<ReturnType<typeof sealedStore>>

/** Runs one measurement on a store of its own. */
const alone = <A, E>(measure: (server: Server) => Effect.Effect<A, E, Services>) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(server, (started) =>
        Effect.provide(measure(started), Layer.provideMerge(usual, sealedStore(started, true)))
      )
    )
  )

const report = (stage: string, many: number, bytes: number, model: number) =>
  console.log(`${many} ${stage}: ${bytes.toFixed(1)} bytes each; the model has ${model}: ${(bytes / model).toFixed(2)}`)

const memoryOf = ({ memory }: Server) => Effect.promise(memory)

/** Scripts and connections take memory once, before the first measurement. */
const warm = liveAll(100, "read")

const inFlight = (started: Server) =>
  Effect.gen(function* () {
    yield* warm
    const start = yield* memoryOf(started)
    yield* liveAll(count, "open")
    report("in flight", count, ((yield* memoryOf(started)) - start) / count, storedBytes.openIntent)
  })

const settled = (started: Server) =>
  Effect.gen(function* () {
    yield* warm
    const start = yield* memoryOf(started)
    yield* liveAll(count, "settled")
    report("settled", count, ((yield* memoryOf(started)) - start) / count, storedBytes.openIntent)
  })

const archived = (started: Server) =>
  Effect.gen(function* () {
    yield* warm
    yield* archive(passed.archiving)
    const start = yield* memoryOf(started)
    yield* liveAll(count, "read")
    report("settled, with three statuses", count, ((yield* memoryOf(started)) - start) / count, storedBytes.openIntent)
    const many = yield* archive(passed.archiving)
    report("archived", many, ((yield* memoryOf(started)) - start) / many, storedBytes.archivedIntent)
  })

/** Bytes that the index of a receipt adds to a settled intent. */
const receipts = (started: Server) =>
  Effect.gen(function* () {
    yield* warm
    const start = yield* memoryOf(started)
    yield* liveAll(count, "settled")
    const between = yield* memoryOf(started)
    yield* liveAll(count, "settled", true)
    const end = yield* memoryOf(started)
    report("receipts", count, (end - between - (between - start)) / count, storedBytes.receipt)
  })

/** KEYS: the list of settled intents, then a record for each. ARGV: the time at which they settled, the number of fields, the fields, then the ids. */
const copyScript = `
local fields = tonumber(ARGV[2])
for i = 2, #KEYS do
  redis.call('HSET', KEYS[i], unpack(ARGV, 3, 2 + fields))
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[1 + fields + i])
end`

/** Copies that one script makes. */
const copies = 500

/** Settles one intent, and copies its record under other ids, each as the script that settles would have left it. */
const copyAll = Effect.fnUntraced(function* ({ redis }: Server, many: number) {
  const hash = yield* IdHash
  const { partitions } = yield* Deployment
  const settledId = yield* live("settled")
  const keysOf = (partition: number) => intentKeys(defaultPrefix, partition)
  const original = keysOf(partitionOf(settledId, partitions))
  const fields = Object.entries(yield* Effect.promise(() => redis.hgetall(original.record(settledId)))).flat()
  const time = (yield* Effect.promise(() => redis.zscore(original.list("sent"), settledId))) ?? ""
  const ids = new Map<number, Array<IntentId>>()
  for (let count = 1; count < many; count++) {
    const id = hash.intent([random(8)])
    const partition = partitionOf(id, partitions)
    const own = ids.get(partition)
    if (own === undefined) ids.set(partition, [id])
    else own.push(id)
  }
  for (const [partition, own] of ids) {
    const { list, record } = keysOf(partition)
    for (let at = 0; at < own.length; at += copies) {
      const some = own.slice(at, at + copies)
      const args = [time, fields.length, ...fields, ...some]
      yield* Effect.promise(() => redis.eval(copyScript, some.length + 1, list("sent"), ...some.map(record), ...args))
    }
  }
})

/** Archives and expires copies of a settled intent until only their tombstones are left, a part at a time. */
const bury = Effect.fnUntraced(function* (server: Server, many: number) {
  for (let left = many; left > 0; left -= chunk) {
    yield* copyAll(server, Math.min(left, chunk))
    yield* archive(passed.archiving)
    yield* archive(passed.expiring)
  }
})

const buried = (started: Server) =>
  Effect.gen(function* () {
    yield* bury(started, 100)
    const start = yield* memoryOf(started)
    yield* bury(started, tombstones)
    report("tombstones", tombstones, ((yield* memoryOf(started)) - start) / tombstones, storedBytes.tombstone)
  })

/**
 * A store as it is in the long run at one message a second, with one of `scale` of everything. No clock is moved: each thing is
 * brought to the stage that it has reached by then, as many of each as the retention keeps.
 */
const month = (started: Server) =>
  Effect.gen(function* () {
    const shares = memoryShares({ volume: volumeOf(86_400), retention: retentionDefaults, sealed: true })
    const many = (kind: string) => {
      const share = shares.find((one) => one.kind === kind)
      return share === undefined ? 0 : Math.round((share.perDay * share.days) / scale)
    }
    const start = yield* memoryOf(started)
    const { redis } = started
    yield* bury(started, many("tombstones") - many("archived intents"))
    yield* liveAll(many("archived intents") - many("receipts"), "read")
    yield* liveAll(many("receipts"), "read", true)
    yield* archive(passed.archiving)
    yield* liveAll(many("open intents"), "read")
    // The events that follow have marks, too. `admit` empties the log behind it.
    const events = many("delivered messages") + many("delivered statuses") + many("dead letters")
    yield* admit(redis, many("dedupe marks") - events, 250)
    yield* deliver(() => text, many("delivered messages"), "delivered")
    yield* deliver(status, many("delivered statuses"), "delivered")
    yield* deliver(() => text, many("dead letters"), "dead")
    const bytes = (yield* memoryOf(started)) - start
    const model = shares.reduce((sum, share) => sum + share.bytes, 0) / scale
    const mib = (size: number) => `${(size / 2 ** 20).toFixed(1)} MiB`
    console.log(
      `one message a second in the long run, one of ${scale} of it: ${mib(bytes)} by INFO memory, ` +
        `${mib(model)} by the model: ${(bytes / model).toFixed(2)}`
    )
  })

const wanted = new Set(values.only.split(","))
if (wanted.has("stages")) {
  for (const measure of [inFlight, settled, receipts, archived]) await alone(measure)
}
if (wanted.has("stages") || wanted.has("tombstones")) await alone(buried)
if (wanted.has("month")) await alone(month)
