import { assert, describe, it } from "@effect/vitest"
import { makeRack } from "../../src/domain/rack.ts"

describe("a rack", () => {
  it("holds what was put there until it is taken away", () => {
    const rack = makeRack<string>()
    const [takeFirst] = [rack.put("first"), rack.put("second")]
    assert.deepStrictEqual([rack.size(), ...rack.all()], [2, "first", "second"])
    assert.isTrue(takeFirst())
    assert.deepStrictEqual([rack.size(), ...rack.all()], [1, "second"])
  })

  it("lets nobody take away twice, nor what has come in its place", () => {
    const rack = makeRack<{ readonly name: string }>()
    const take = rack.put({ name: "first" })
    assert.isTrue(take())
    assert.isFalse(take())
    rack.put({ name: "second" })
    assert.isFalse(take())
    assert.deepStrictEqual(rack.all(), [{ name: "second" }])
  })

  it("takes away all that is so, and knows it gone", () => {
    const rack = makeRack<number>()
    const takes = [1, 2, 3, 4].map(rack.put)
    assert.deepStrictEqual(
      rack.takeAll((one) => one % 2 === 0),
      [2, 4]
    )
    assert.deepStrictEqual(
      takes.map((take) => take()),
      [true, false, true, false]
    )
    assert.strictEqual(rack.size(), 0)
  })
})
