import { assert, describe, it } from "@effect/vitest"
import { redirectBackoff } from "../../layers/redis/connection/connect-cluster.ts"
import { reconnectBackoff } from "../../layers/redis/connection/options.ts"
import { type Backoff, backoffDelay } from "../../src/concurrency/backoff.ts"
import { probeBackoff } from "../../src/inbound/deliver/circuit-breaker.ts"
import { deliveryBackoff } from "../../src/inbound/deliver/deliver.ts"
import { orphanBackoff, undecidedBackoff } from "../../src/inbound/reconcile/reconcile.ts"
import { readBackBackoff } from "../../src/outbound/doubt/read-back.ts"
import { performBackoff } from "../../src/outbound/queue/process-next.ts"

const table: ReadonlyArray<readonly [name: string, backoff: Backoff, random: number, delays: ReadonlyArray<number>]> = [
  ["a delivery, at least", deliveryBackoff, 0, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
  ["a delivery", deliveryBackoff, 0.3, [325, 650, 1300, 2600, 5200, 10_400, 19_500, 19_500]],
  ["a delivery, nearly the longest", deliveryBackoff, 0.999, [499.75, 999.5, 1999, 3998, 7996, 15_992, 29_985, 29_985]],
  ["a probe of the runtime, at least", probeBackoff, 0, [250, 500, 1000, 2000, 2500, 2500]],
  ["a probe of the runtime", probeBackoff, 0.3, [325, 650, 1300, 2600, 3250, 3250]],
  ["a probe of the runtime, nearly the longest", probeBackoff, 0.999, [499.75, 999.5, 1999, 3998, 4997.5, 4997.5]],
  [
    "an accepted intent, at least",
    performBackoff,
    0,
    [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 150_000, 150_000]
  ],
  [
    "an accepted intent",
    performBackoff,
    0.3,
    [650, 1300, 2600, 5200, 10_400, 20_800, 41_600, 83_200, 166_400, 195_000, 195_000]
  ],
  [
    "a doubt that is read back",
    readBackBackoff,
    1,
    [15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 960_000, 1_920_000, 3_600_000, 3_600_000]
  ],
  ["a status without its intent", orphanBackoff, 1, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
  [
    "an echo of more than one possible intent",
    undecidedBackoff,
    1,
    [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000]
  ],
  ["a connection to the store", reconnectBackoff, 1, [25, 50, 100, 200, 400, 800, 1600, 2000, 2000]],
  ["a command that a cluster redirects", redirectBackoff, 1, [50, 100, 200, 400, 800]]
]

describe("backoffDelay", () => {
  it.each(table)("the backoff of %s doubles up to its limit", (_, backoff, random, delays) => {
    assert.deepStrictEqual(
      delays.map((_, retry) => backoffDelay(backoff, retry, random)),
      delays
    )
  })

  it("the backoff stays at its limit for any number of retries", () => {
    for (const retry of [64, 1_100, Number.MAX_SAFE_INTEGER]) {
      assert.strictEqual(backoffDelay({ baseMs: 500, maxMs: 30_000 }, retry), 30_000)
    }
  })

  it("the backoff is the full delay without a random number, and at least half of it with one", () => {
    const backoff = { baseMs: 100, maxMs: 1_000 }
    assert.deepStrictEqual([backoffDelay(backoff, 1), backoffDelay(backoff, 1, 0)], [200, 100])
  })
})
