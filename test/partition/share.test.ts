import { assert, describe, it } from "@effect/vitest"
import { fairShare } from "../../src/partition/work.ts"
import { partitionOf } from "../../src/partition/partitions.ts"

const sharesOf = (count: number, live: number) =>
  Array.from({ length: live }, (_, older) => fairShare(count, { live, older }))

describe("fair shares", () => {
  it("fair shares sum to all partitions, differ by one at most, and favour older replicas", () => {
    for (let count = 1; count <= 32; count++) {
      for (let live = 1; live <= 40; live++) {
        const shares = sharesOf(count, live)
        const what = `${count} among ${live}`
        assert.strictEqual(
          shares.reduce((sum, share) => sum + share, 0),
          count,
          what
        )
        assert.isAtMost(Math.max(...shares) - Math.min(...shares), 1, what)
        assert.deepStrictEqual(
          shares,
          shares.toSorted((a, b) => b - a),
          what
        )
      }
    }
  })

  it("fair shares of present replicas only shrink when another replica arrives", () => {
    for (let live = 1; live < 20; live++) {
      for (const [older, share] of sharesOf(8, live + 1).entries()) {
        if (older < live) assert.isAtMost(share, fairShare(8, { live, older }))
      }
    }
  })
})

describe("partition of an id", () => {
  it("the partition follows from the last eight digits of an id, and every partition occurs", () => {
    assert.strictEqual(partitionOf("cnv_000000000000000000000000ffffffff", 8), 7)
    assert.strictEqual(partitionOf("qua_ffffffffffffffffffffffff00000009", 8), 1)
    const ids = Array.from({ length: 8 }, (_, n) => `cnv_${n.toString(16).padStart(32, "0")}`)
    assert.deepStrictEqual(
      ids.map((id) => partitionOf(id, 8)),
      [0, 1, 2, 3, 4, 5, 6, 7]
    )
  })
})
