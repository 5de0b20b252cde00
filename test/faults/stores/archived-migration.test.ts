import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { IntentId } from "../../../src/domain/ids.ts"
import { askRedis } from "../../support/ask-redis.ts"
import { redisCluster } from "../../support/redis-cluster.ts"
import { claimOf } from "../../contracts/intent-ledger/subject.ts"
import { archiveAll, asBefore, asExpired, ended, ledgersAt, once, randomId } from "./archived.ts"

/** A key that no repeat reads; there is one for each sent intent. */
const isReceipt = (key: string) => key.includes(":receipt:")

describe("I1 G5 G23 archived intents in a slot that moves", () => {
  it.live(
    "no known intent may be claimed while its slot moves key by key, and each is answered as before afterwards",
    () =>
      Effect.gen(function* () {
        const { urls, primaries } = yield* redisCluster()
        const open = yield* ledgersAt({ cluster: urls, commandTimeout: 300 })
        const { ledger } = yield* open()
        const late = yield* open({ intents: 1 })
        const archived = yield* ended(ledger, 150)
        yield* archiveAll(ledger)
        const records = [...archived, ...(yield* ended(ledger, 3))]
        const [slotText] = yield* Effect.promise(() => askRedis(primaries[0]?.port ?? 0, ["CLUSTER", "KEYSLOT", "p0"]))
        const slot = Number(slotText)
        const at = slot <= 5_460 ? 0 : slot <= 10_922 ? 1 : 2
        const [from, to] = [primaries[at], primaries[(at + 1) % 3]]
        if (from === undefined || to === undefined) return assert.fail("three primaries")
        yield* Effect.promise(() => askRedis(to.port, ["CLUSTER", "SETSLOT", slot, "IMPORTING", from.id]))
        yield* Effect.promise(() => askRedis(from.port, ["CLUSTER", "SETSLOT", slot, "MIGRATING", to.id]))
        const [listed] = yield* Effect.promise(() => askRedis(from.port, ["CLUSTER", "GETKEYSINSLOT", slot, 1_000]))
        const keys = Array.isArray(listed) ? listed.map(String) : []
        const move = (key: string) =>
          Effect.promise(() => askRedis(from.port, ["MIGRATE", "127.0.0.1", to.port, key, 0, 2_000]))
        const [receipts, others] = [keys.filter(isReceipt), keys.filter((key) => !isReceipt(key))]
        assert.isAbove(others.length, 8)
        yield* Effect.forEach(receipts, move, { discard: true })
        const fresh: Array<IntentId> = []
        const some = records.filter((_, index) => index % 8 === 0 || index >= archived.length)
        const passed = archived.filter((_, index) => index % 8 === 1)
        for (const key of others) {
          yield* move(key)
          const intentId = randomId()
          const [claim] = yield* Effect.all(
            [
              Effect.result(ledger.claim(claimOf(intentId))),
              asBefore(ledger, some, once),
              asExpired(late.ledger, passed, once),
              Effect.ignore(ledger.archive(0))
            ],
            { concurrency: "unbounded" }
          )
          if (claim._tag === "Success" && claim.success._tag === "Claimed") fresh.push(intentId)
        }
        yield* Effect.forEach([to, from, ...primaries], ({ port }) =>
          Effect.promise(() => askRedis(port, ["CLUSTER", "SETSLOT", slot, "NODE", to.id]))
        )
        for (const intentId of fresh) {
          assert.notStrictEqual((yield* ledger.claim(claimOf(intentId, "token-2")))._tag, "Claimed")
        }
        yield* asBefore(ledger, records)
        yield* archiveAll(ledger)
        yield* asBefore((yield* open()).ledger, records)
        for (const record of yield* ended(ledger, 3)) records.push(record)
        yield* archiveAll(ledger)
        yield* asBefore(ledger, records)
        yield* archiveAll(late.ledger)
        yield* asExpired(late.ledger, records)
        yield* asExpired(ledger, records)
      })
  )
})
