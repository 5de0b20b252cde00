import type { ServerResponse } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { lane, type LaneLimits } from "../../../layers/node-http/limits.ts"
import { toNowhere } from "../../http/to-nowhere.ts"

/** The next turn of the event loop, after what was scheduled for it. */
const turn = Effect.callback<void>((resume) => void setImmediate(() => setImmediate(() => resume(Effect.void))))

const harness = (limits: Partial<LaneLimits>) => {
  const enter = lane({ underWay: 100, waiting: 100, perTurn: 100, ...limits })
  const begun: Array<ServerResponse> = []
  const ask = () => {
    const { response } = toNowhere("/")
    return { response, isTaken: enter(response, () => begun.push(response)) }
  }
  return { ask, begun }
}

describe("request lane", () => {
  it.live("G50 a lane begins a bounded number of requests in one turn of the event loop, and the rest later", () =>
    Effect.gen(function* () {
      const { ask, begun } = harness({ perTurn: 4 })
      for (let n = 0; n < 10; n++) ask()
      const counts: Array<number> = []
      for (let n = 0; n < 6; n++) {
        counts.push(begun.length)
        yield* Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
      }
      assert.strictEqual(counts[0], 0)
      for (const [at, count] of counts.entries()) assert.isAtMost(count - (counts[at - 1] ?? 0), 4)
      yield* turn
      assert.lengthOf(begun, 10)
    })
  )

  it.live("G50 a lane runs a bounded number of requests, and frees a slot when a response closes", () =>
    Effect.gen(function* () {
      const { ask, begun } = harness({ underWay: 2 })
      for (let n = 0; n < 4; n++) ask()
      yield* turn
      assert.lengthOf(begun, 2)
      begun[0]?.emit("close")
      yield* turn
      assert.lengthOf(begun, 3)
    })
  )

  it.live("G50 a lane rejects a request beyond its queue limit", () =>
    Effect.gen(function* () {
      const { ask, begun } = harness({ underWay: 1, waiting: 3 })
      assert.deepStrictEqual(
        Array.from({ length: 5 }, () => ask().isTaken),
        [true, true, true, false, false]
      )
      yield* turn
      assert.isTrue(ask().isTaken)
      assert.lengthOf(begun, 1)
    })
  )

  it.live("G50 a lane never begins a request that closed while it waited", () =>
    Effect.gen(function* () {
      const { ask, begun } = harness({})
      const [gone, here] = [ask(), ask()]
      gone.response.emit("close")
      yield* turn
      assert.deepStrictEqual(begun, [here.response])
    })
  )
})
