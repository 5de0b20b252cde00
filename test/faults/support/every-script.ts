import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AccountsLayer from "../../../layers/redis/accounts/accounts.ts"
import * as AuditLogLayer from "../../../layers/redis/audit-log.ts"
import { RedisStore } from "../../../layers/redis/client.ts"
import * as EventLogLayer from "../../../layers/redis/event-log/event-log.ts"
import * as DataKeysLayer from "../../../layers/redis/data-keys.ts"
import * as LedgerLayer from "../../../layers/redis/intent-ledger/intent-ledger.ts"
import { keysOf } from "../../../layers/redis/keys.ts"
import * as EvidenceLayer from "../../../layers/redis/evidence/evidence-store.ts"
import * as LastProofsLayer from "../../../layers/redis/last-proofs.ts"
import * as Store from "../../../layers/redis/store.ts"
import { EvidenceStore } from "../../../src/gate/evidence/evidence-store.ts"
import { LastProofs } from "../../../src/boot/last-proofs.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { ConversationId, EventId, IntentId } from "../../../src/domain/ids.ts"
import { EventLog, type NewEntry, type Ownership } from "../../../src/inbound/event-log/event-log.ts"
import { EventRecords } from "../../../src/inbound/event-log/event-admin.ts"
import { Replies } from "../../../src/inbound/replies/replies.ts"
import { Accounts } from "../../../src/outbound/accounts/accounts.ts"
import { IntentLanes } from "../../../src/outbound/queue/intent-lanes.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Aliases } from "../../../src/partition/aliases.ts"
import { AuditLog } from "../../../src/audit/audit-log.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import { DataKeys } from "../../../src/secrets/sealer.ts"
import { requestOf, ref, reportOf } from "../../contracts/accounts/subject.ts"
import { event, idOf, quarantined } from "../../contracts/event-log/subject.ts"
import { acceptanceOf, claimOf, failure, messageId, passing, unknown } from "../../contracts/intent-ledger/subject.ts"
import { elapse } from "../../support/store-time.ts"
import { ageMarks } from "../../layers/redis/age-marks.ts"
import { testSealer } from "../../contracts/intent-ledger/sealer.ts"

/** Milliseconds that a tombstone stays: short enough that the units in which it counts pass within a test. */
const tombstonesMs = 3 * 86_400_000

/** Every service that Redis implements, over one store of two partitions. */
export const everyService = <A, E>(store: Layer.Layer<RedisStore | A, E>) =>
  Layer.mergeAll(
    AccountsLayer.layer(),
    AuditLogLayer.layer,
    DataKeysLayer.layer,
    LedgerLayer.layer({ settle: 0, intents: tombstonesMs, tombstones: tombstonesMs }),
    EvidenceLayer.layer,
    LastProofsLayer.layer
  ).pipe(
    Layer.provideMerge(
      Store.layer({ environment: "local", partitions: 2, retention: { delivered: 0, deadLetters: 0 } })
    ),
    Layer.provideMerge(testSealer),
    Layer.provideMerge(store)
  )

/** Repeats what failed, as the product does: the fault is over by then. */
const again = <A, R>(operation: Effect.Effect<A, InfraError, R>) => Effect.retry(operation, { times: 2 })

/** A log for which delivered events stay, and statuses are over. */
const moving = EventLogLayer.layer({ statuses: -1_000 })
const sweepOf = (owner: Ownership) => EventLog.use((log) => log.sweep(owner))

const intent = (n: number) => IntentId.make(idOf("int", n))
const lane = ConversationId.make(idOf("cnv", 1))
const both = (n: number) => event(n, ["runtime", "ledger"])
const some = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => event(from + n))

/** What comes in, a webhook a line; the provider sends all of it again in the end. */
const webhooks: ReadonlyArray<ReadonlyArray<ReadonlyArray<NewEntry>>> = [
  [
    [event(1), both(2), quarantined(1), event(1)],
    [event(3), quarantined(2)]
  ],
  [some(10, 46), [event(4)]],
  [some(46, 58), []]
]

const batchOf = (nonce: string, parts: ReadonlyArray<ReadonlyArray<NewEntry>>) =>
  parts.flatMap((entries, partition) =>
    entries.length === 0 ? [] : [{ nonce: `${nonce}-${partition}`, parts: [{ partition, entries }] }]
  )

/** A batch a partition, as on a cluster, and the first of them over both, as on one server. */
const batches = (sharded: boolean) =>
  webhooks.flatMap((parts, at) =>
    at === 0 && !sharded
      ? [{ nonce: "both", parts: parts.map((entries, partition) => ({ partition, entries })) }]
      : batchOf(`n${at}`, parts)
  )

const inbound = Effect.gen(function* () {
  const log = yield* EventLog
  const records = yield* EventRecords
  const replies = yield* Replies
  const partitions = yield* Partitions
  const { sharded } = yield* RedisStore
  yield* again(partitions.announce("r1"))
  const owners = yield* Effect.forEach([0, 1], (partition) =>
    Effect.map(again(partitions.acquire(partition, "r1")), (epoch = 0) => ({ partition, epoch }))
  )
  const [owner = { partition: 0, epoch: 0 }] = owners
  yield* again(partitions.renew(0, "r1", owner.epoch))
  for (const batch of batches(sharded)) yield* again(log.admit(batch))

  const first = Effect.map(log.pending(0, "runtime", 0, 1), ([entry]) => entry)
  const answered = { eventId: EventId.make(event(1).key), record: "0:{}" }
  const delivered: Array<string> = []
  const deliver = (position: number, key: string) => {
    delivered.push(key)
    return again(log.acknowledge(owner, "runtime", position))
  }
  const one = yield* first
  delivered.push(one?.key ?? "none")
  yield* again(replies.acknowledge(owner, one?.position ?? 0, answered))
  const [reply] = yield* replies.pending(0, 0, 10)
  yield* again(replies.done(owner, reply?.position ?? 0))
  for (const n of [2, 3]) {
    const next = yield* first
    yield* again(log.refuse(owner, next?.position ?? 0, 1))
    yield* again(log.deadLetter(owner, next?.position ?? 0, `refused ${n}`))
  }
  yield* again(records.redrive([event(2).key]))
  for (let n = 0; n < 3; n++) {
    const next = yield* first
    yield* deliver(next?.position ?? 0, next?.key ?? "none")
  }
  const last = delivered.at(-1) ?? ""
  const another = yield* first
  yield* again(
    replies.acknowledge(owner, another?.position ?? 0, { eventId: EventId.make(event(9).key), record: "0:{}" })
  )
  const replays = Effect.map(records.event(last), (found) => found?.replays ?? 0)
  const place = (yield* records.event(last))?.place ?? ""
  yield* Effect.catch(Effect.asVoid(records.replay([place])), () =>
    Effect.gen(function* () {
      // The next write of the partition completes what has begun; an operator looks then, and repeats what is not there.
      yield* again(partitions.renew(0, "r1", owner.epoch))
      if ((yield* replays) === 0) yield* records.replay([place])
    })
  )
  yield* again(log.admit({ nonce: "released", parts: [{ partition: 0, entries: [event(5)] }] }))
  yield* again(records.removeQuarantined(quarantined(1).key, 1))
  const stored = yield* records.stored(0, "log", 1_000)
  const pending = yield* log.pending(0, "runtime", 0, 2)
  const gone = stored.entries.filter(({ record }) => pending.some((entry) => entry.record === record)).slice(0, 2)
  yield* again(
    records.erase(
      0,
      "log",
      gone.map((entry) => entry.place)
    )
  )
  const answers = (yield* records.stored(0, "replies", 10)).entries.map((entry) => entry.place)
  yield* again(records.erase(0, "replies", answers))
  const { entries: items } = yield* records.stored(1, "quarantine", 10)
  yield* again(
    records.erase(
      1,
      "quarantine",
      items.map((entry) => entry.place)
    )
  )
  const { entries: letters } = yield* records.stored(0, "dead", 10)
  yield* again(
    records.erase(
      0,
      "dead",
      letters.slice(0, 1).map((entry) => entry.place)
    )
  )
  return owners
})

/** Delivers the rest of both partitions in order, lets everything go that has had its time, and takes all webhooks in again. */
const afterwards = Effect.gen(function* () {
  const log = yield* EventLog
  const partitions = yield* Partitions
  const { sharded } = yield* RedisStore
  const order: Array<string> = []
  for (const partition of [0, 1]) {
    const epoch = (yield* again(partitions.acquire(partition, "r1"))) ?? 0
    const owner = { partition, epoch }
    for (const consumer of ["ledger", "runtime"] as const) {
      for (const entry of yield* log.pending(partition, consumer, 0, 1_000)) {
        order.push(`${consumer} ${entry.key}${entry.replay === undefined ? "" : ` replay ${entry.replay}`}`)
        yield* again(log.acknowledge(owner, consumer, entry.position))
      }
    }
    // First moves the delivered events out of the log, then deletes them there.
    yield* again(Effect.provide(sweepOf(owner), moving))
    yield* again(log.sweep(owner))
    yield* again(log.sweep(owner))
    yield* again(partitions.release(partition, "r1", epoch))
  }
  yield* again(partitions.retire("r1"))
  const resent = yield* Effect.forEach(batches(sharded), (batch) =>
    again(log.admit({ ...batch, nonce: `again ${batch.nonce}` }))
  )
  return { order, resent: resent.flat() }
})

/** The ledger of a gateway whose retention is over for all that has ended. */
const expired = Layer.fresh(LedgerLayer.layer({ settle: 0, intents: 0, tombstones: tombstonesMs }))

/** Archives what has ended, changes an archived intent, and lets everything expire. */
const archiving = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const archive = (partition: number) => IntentLedger.use((one) => again(one.archive(partition)))
  const both = Effect.forEach([0, 1], archive)
  yield* both
  yield* again(ledger.evidence({ intentId: intent(1), attempt: 1, status: "read" }))
  const read = yield* ledger.get(intent(1))
  yield* both
  const seen = yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8], (n) => ledger.get(intent(n)))
  const repeat = yield* again(ledger.claim(claimOf(intent(2), "late")))
  for (const partition of [0, 1]) yield* Effect.ignore(ageMarks(partition, 1, "tombstones"))
  yield* elapse(70)
  yield* Effect.provide(Effect.repeat(both, { times: 2 }), expired)
  const left = yield* Effect.forEach([1, 5], (n) => ledger.get(intent(n)))
  const stateOf = (record: (typeof seen)[number]) => (typeof record === "object" ? record.state : record)
  return {
    delivery: typeof read === "object" ? read.delivery : read,
    seen: seen.map(stateOf),
    repeat: repeat._tag,
    left: left.map(stateOf)
  }
})

const outbound = Effect.gen(function* () {
  const ledger = yield* IntentLedger
  const lanes = yield* IntentLanes
  let performed = 0
  const perform = Effect.fnUntraced(function* (
    n: number,
    token: string,
    more: Partial<Parameters<typeof claimOf>[2]> = {}
  ) {
    const claim = yield* again(
      ledger.claim(claimOf(intent(n), token, { fingerprints: ["f1", `f${n}x`], request: "{}", ...more }))
    )
    if (claim._tag === "Claimed") performed++
    return claim._tag === "Claimed" ? claim.attempt : 0
  })
  const sent = { state: "sent", receipt: { messageId }, mark: "aa" } as const

  yield* again(ledger.accept(acceptanceOf(intent(1), "t1", { lane })))
  yield* again(
    lanes.enqueue(1, [
      { lane, intentId: intent(1) },
      { lane, intentId: intent(2) }
    ])
  )
  yield* again(ledger.settle(intent(1), yield* perform(1, "t2", { accepted: true }), "t2", sent))
  yield* again(ledger.settle(intent(2), yield* perform(2, "t3"), "t3", { state: "failed", failure: failure() }))
  yield* perform(3, "t4")
  yield* again(ledger.release(intent(3), "t4", passing))
  yield* again(ledger.settle(intent(3), yield* perform(3, "t5"), "t5", { state: "in_doubt", failure: unknown }))
  yield* again(ledger.evidence({ intentId: intent(3), attempt: 2, status: "delivered", messageId, mark: "bb" }))
  yield* again(ledger.evidence({ intentId: intent(3), attempt: 1, status: "delivered" }))
  yield* again(ledger.settle(intent(4), yield* perform(4, "t6"), "t6", { state: "in_doubt", failure: unknown }))
  yield* again(ledger.resolve({ intentId: intent(4), verdict: "sent" }))
  yield* again(ledger.settle(intent(4), 1, "t6", { state: "failed", failure: failure() }))
  yield* again(ledger.accept(acceptanceOf(intent(5), "t7", { lane })))
  yield* again(ledger.abandon(intent(5), failure()))
  yield* again(ledger.accept(acceptanceOf(intent(6), "t8", { lane })))
  yield* again(ledger.forget(intent(6), failure()))
  yield* again(ledger.accept(acceptanceOf(intent(7), "t9", { lane })))
  yield* perform(7, "t10", { accepted: true })
  yield* again(ledger.settle(intent(7), 1, "t10", { state: "accepted", failure: passing }))
  yield* again(ledger.settle(intent(8), yield* perform(8, "t11"), "t11", { state: "failed", failure: passing }))
  yield* again(ledger.accept(acceptanceOf(intent(8), "t12", { lane })))
  yield* again(ledger.removeFingerprints([{ intentId: intent(1), attempt: 1, fingerprints: ["f1"] }]))
  yield* again(ledger.list("failed", { limit: 50 }))
  yield* again(ledger.tidy(0))
  yield* again(ledger.tidy(1))
  const partitions = yield* Partitions
  const epoch = (yield* again(partitions.acquire(1, "r1"))) ?? 0
  yield* again(lanes.advance({ partition: 1, epoch }, lane, intent(1)))
  yield* again(lanes.postpone({ partition: 1, epoch }, lane, 1))
  const states = yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8], (n) =>
    Effect.map(ledger.get(intent(n)), (record) =>
      record === undefined || record === "expired" ? record : `${record.state} ${record.attempt}`
    )
  )
  const lists = yield* Effect.forEach(
    ["accepted", "claimed", "in_doubt", "sent", "failed", "disputed"] as const,
    (state) =>
      Effect.map(
        again(ledger.list(state, { limit: 50 })),
        ({ intents }) =>
          `${state}: ${intents
            .map(({ intentId }) => intentId.slice(-1))
            .sort()
            .join(" ")}`
      )
  )
  return { performed, states, lists, archived: yield* archiving, lanes: yield* lanes.open }
})

const beside = Effect.gen(function* () {
  const accounts = yield* Accounts
  const audit = yield* AuditLog
  const keys = yield* DataKeys
  const proofs = yield* LastProofs
  const aliases = yield* Aliases
  const evidence = yield* EvidenceStore
  const limit = { name: "throughput", of: "account", every: 1, burst: 5 } as const
  const acquisition = requestOf({ limits: [limit], succeeded: 1, intentId: intent(1) })
  yield* again(accounts.acquire(acquisition))
  yield* again(accounts.refund(acquisition))
  yield* again(accounts.report(reportOf({ health: "bad", payAgain: true, hold: { asked: 1_000 } })))
  yield* again(
    accounts.report(reportOf({ pause: { why: "throttled", long: { wait: { first: 60, factor: 2, most: 600 } } } }))
  )
  yield* again(accounts.resume(ref))
  yield* again(accounts.pause(ref))
  yield* again(accounts.forget(ref.account, ["5e".repeat(16)], ["throughput"]))
  yield* again(audit.append({ by: "crm", action: "event.redrive", subject: "all" }))
  yield* again(keys.first({ id: "00000001", wrapped: "a:b" }))
  yield* again(keys.rewrap("00000001", "a:b", "c:d"))
  yield* again(keys.restore([{ id: "00000002", wrapped: "e:f" }]))
  const other = ConversationId.make(idOf("cnv", 2))
  yield* again(aliases.learn([{ alias: other, conversation: lane }]))
  const related = yield* aliases.related([lane])
  yield* again(aliases.forget([lane]))
  const left = yield* aliases.related([lane])
  yield* again(proofs.note("a"))
  const { entries } = yield* audit.list({ limit: 10 })
  const fact = { id: "0f".repeat(32), at: (yield* evidence.read).now, sticky: false }
  yield* again(evidence.write({ ...fact, record: "1" }))
  yield* again(evidence.write({ ...fact, record: "2", replaces: "1" }))
  const { records } = yield* evidence.read
  return {
    why: (yield* accounts.look(ref))?.why,
    audited: entries.length > 0,
    keys: yield* keys.all,
    related,
    left,
    records
  }
})

/** Uses every script that writes, and answers all that can be seen afterwards. */
export const everyScript = Effect.gen(function* () {
  const store = yield* RedisStore
  const log = yield* EventLog
  yield* inbound
  const sends = yield* outbound
  const rest = yield* beside
  const { order, resent } = yield* afterwards
  const unfinished = yield* Effect.forEach([0, 1], (partition) =>
    store.command("HEXISTS", keysOf(store.prefix, partition).of("stamp"), "unfinished")
  )
  return { sends, rest, order, resent, unfinished, counts: yield* log.counts }
})
