import { assert, describe, it } from "@effect/vitest"
import { makeSlotArray } from "../../src/concurrency/slot-array.ts"

describe("slot array", () => {
  it("a slot array holds an entry until it is removed", () => {
    const slots = makeSlotArray<string>()
    const [removeFirst] = [slots.add("first"), slots.add("second")]
    assert.deepStrictEqual([slots.size(), ...slots.all()], [2, "first", "second"])
    assert.isTrue(removeFirst())
    assert.deepStrictEqual([slots.size(), ...slots.all()], [1, "second"])
  })

  it("a slot array removes an entry once, and never the entry that reuses its slot", () => {
    const slots = makeSlotArray<{ readonly name: string }>()
    const remove = slots.add({ name: "first" })
    assert.isTrue(remove())
    assert.isFalse(remove())
    slots.add({ name: "second" })
    assert.isFalse(remove())
    assert.deepStrictEqual(slots.all(), [{ name: "second" }])
  })

  it("a slot array takes the entries that match, and reports them gone afterwards", () => {
    const slots = makeSlotArray<number>()
    const removes = [1, 2, 3, 4].map(slots.add)
    assert.deepStrictEqual(
      slots.takeWhere((entry) => entry % 2 === 0),
      [2, 4]
    )
    assert.deepStrictEqual(
      removes.map((remove) => remove()),
      [true, false, true, false]
    )
    assert.strictEqual(slots.size(), 0)
  })
})
