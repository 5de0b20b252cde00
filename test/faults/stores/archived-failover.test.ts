import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { askUntil, infoSays } from "../../support/ask-redis.ts"
import { redisSentinel } from "../../support/redis-sentinel.ts"
import { failOver } from "../support/fail-over.ts"
import { archiveAll, asBefore, asExpired, ended, ledgersAt, once } from "./archived.ts"

const started = Effect.gen(function* () {
  const sentinel = yield* redisSentinel
  const { name, nodes, primary } = sentinel
  const open = yield* ledgersAt({ sentinel: { name, nodes }, replicas: 2, commandTimeout: 500, replicaTimeout: 500 })
  const isAnother = async () => ![undefined, primary.port].includes(await sentinel.primaryPort())
  return { ...sentinel, open, isAnother }
})

describe("I1 G1 G23 archived intents in a store that fails over", () => {
  it.live("every repeat of an archived intent is answered as before by the promoted replica, and then as expired", () =>
    Effect.gen(function* () {
      const { open, primary, isAnother } = yield* started
      const { ledger } = yield* open()
      const records = yield* ended(ledger, 200)
      yield* archiveAll(ledger)
      yield* Effect.promise(async () => {
        await primary.stop("SIGKILL")
        await askUntil("another is primary", isAnother)
        await primary.restart()
      })
      yield* asBefore(ledger, records)
      yield* archiveAll(ledger)
      yield* asBefore((yield* open()).ledger, records)
      const late = yield* open({ intents: 1 })
      yield* archiveAll(late.ledger)
      yield* asExpired(late.ledger, records)
      yield* asExpired(ledger, records)
    })
  )

  it.live("no intent may be claimed again when the primary archives alone and is lost", () =>
    Effect.gen(function* () {
      const { open, primary, replicas, isAnother } = yield* started
      const [one, other] = [yield* open(), yield* open()]
      const records = yield* ended(one.ledger, 600)
      const losing = yield* Effect.forkChild(failOver(primary, replicas, isAnother), { startImmediately: true })
      yield* Effect.promise(() => infoSays(primary.port, /connected_slaves:0/))
      const archiving = yield* Effect.forkChild(archiveAll(one.ledger), { startImmediately: true })
      const some = records.filter((_, at) => at % 20 === 0)
      const repeating = yield* Effect.forkChild(Effect.forever(asBefore(other.ledger, some, once)))
      yield* Fiber.join(losing)
      yield* Fiber.join(archiving)
      assert.isTrue(yield* Effect.promise(isAnother))
      yield* Effect.raceFirst(asBefore(one.ledger, records), Fiber.join(repeating))
      yield* Fiber.interrupt(repeating)
      yield* archiveAll(one.ledger)
      yield* asBefore(other.ledger, records)
      const late = yield* open({ intents: 1 })
      yield* archiveAll(late.ledger)
      yield* asExpired(other.ledger, records)
    })
  )
})
