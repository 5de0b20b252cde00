import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { loadOf } from "../../src/boot/load-model.ts"
import {
  bytesPerDay,
  formatBytes,
  memoryNeeded,
  type MemoryPlan,
  memoryShares,
  volumeOf
} from "../../src/boot/memory-model.ts"
import type { RetentionConfig } from "../../src/config/config.ts"
import { retentionDefaults } from "../../src/config/store-schema.ts"

const plan = (messages: number, retention: Partial<RetentionConfig> = {}): MemoryPlan => ({
  volume: volumeOf(messages),
  retention: { ...retentionDefaults, ...retention },
  sealed: true
})

describe("memory model of the store", () => {
  it("G9 the memory model takes one send and three statuses for each message, unless it is given numbers", () => {
    assert.deepStrictEqual(volumeOf(1_000), {
      received: 1_000,
      sent: 1_000,
      statuses: 3_000,
      echoes: 0,
      deadLetters: 4
    })
    assert.deepStrictEqual(volumeOf(1_000, { sent: 10, echoes: 970 }), {
      received: 1_000,
      sent: 10,
      statuses: 30,
      echoes: 970,
      deadLetters: 2
    })
    assert.deepStrictEqual(volumeOf(1_000, { statuses: 0, deadLetters: 0 }).deadLetters, 0)
  })

  it("G9 the needed memory grows with the messages, and with each day of a retention", () => {
    assert.approximately(memoryNeeded(plan(2_000)), 2 * memoryNeeded(plan(1_000)), 1)
    const costs = bytesPerDay(plan(1_000))
    for (const setting of ["dedupe", "delivered", "statuses", "deadLetters", "intents", "tombstones"] as const) {
      const longer = plan(1_000, { [setting]: Duration.sum(retentionDefaults[setting], Duration.hours(1)) })
      assert.isAbove(costs[setting], 0)
      assert.approximately(24 * (memoryNeeded(longer) - memoryNeeded(plan(1_000))), costs[setting], 1, setting)
    }
  })

  it("the needed memory is less for plain content than for sealed content", () => {
    assert.isBelow(memoryNeeded({ ...plan(1_000), sealed: false }), memoryNeeded(plan(1_000)))
  })

  it("G31 the memory model includes no more delivered events than the log keeps", () => {
    const delivered = (messages: number, statuses = retentionDefaults.statuses) => {
      const shares = memoryShares(plan(messages, { statuses })).filter(({ kind }) => kind.startsWith("delivered"))
      return { bytes: shares.reduce((sum, share) => sum + share.bytes, 0), days: shares.map(({ days }) => days) }
    }
    assert.deepStrictEqual(delivered(10_000).days, [1, 2 / 24])
    for (const messages of [1_000_000, 2_000_000, 10_000_000]) {
      for (const statuses of [retentionDefaults.statuses, Duration.days(2)]) {
        const { bytes, days } = delivered(messages, statuses)
        assert.approximately(bytes, 1.15 * 2 ** 30, 1)
        assert.isTrue(days.every((each) => each > 0 && each < 1))
      }
    }
    assert.deepStrictEqual(delivered(10_000, Duration.days(2)).days, [1, 1])
  })

  it("the needed memory is at most 2 GiB for one message a second at the default retention", () => {
    assert.isAtMost(memoryNeeded(plan(86_400)), 2 * 2 ** 30)
  })

  it.each([
    [0, "0.0 KiB"],
    [1_536, "1.5 KiB"],
    [2 ** 20 * 120.4, "120 MiB"],
    [2 ** 30 * 2, "2.0 GiB"]
  ])("formatBytes writes %d bytes as %s", (bytes, text) => {
    assert.strictEqual(formatBytes(bytes), text)
  })
})

describe("load model", () => {
  it("the load model has two replicas at least, so that one may be down", () => {
    const { replicas, connections } = loadOf(volumeOf(1))
    assert.deepStrictEqual([replicas, connections], [2, { store: 4, provider: 1, runtime: 1 }])
  })

  it("the load model adds replicas when one has too few connections or processors for the peak", () => {
    const ofMany = loadOf(volumeOf(10_000_000))
    assert.isAbove(ofMany.replicas, 3)
    assert.isAbove(loadOf(volumeOf(10_000_000, { received: 40_000_000, sent: 0 })).replicas, 2)
    assert.strictEqual(loadOf(volumeOf(10_000_000, { sent: 0 })).connections.provider, 0)
  })
})
