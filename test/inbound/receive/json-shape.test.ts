import { assert, describe, it } from "@effect/vitest"
import { pieceBytes } from "../../../src/domain/pieces.ts"
import { maxDepth, shapeInPieces, shapeOf } from "../../../src/inbound/receive/parse-json.ts"
import { onePieceAtATime } from "../../support/one-piece-at-a-time.ts"

const of = (text: string) => shapeOf(new TextEncoder().encode(text))
const elementsOf = (text: string) => of(text).elements

describe("shape of a JSON text", () => {
  it("the shape counts the elements of lists near the top, and no commas in strings", () => {
    assert.strictEqual(elementsOf('{"entry":[{"changes":[{"value":{"messages":[{},{},{}]}}]}]}'), 5)
    assert.strictEqual(elementsOf('[1,[2,3],"a,b,[,","\\\\",",\\","]'), 7)
    assert.strictEqual(elementsOf('{"a":1,"b":2,"c":"[1,2]"}'), 0)
    assert.strictEqual(elementsOf(`${'{"a":'.repeat(8)}[1,2,3]${"}".repeat(8)}`), 0)
    assert.strictEqual(elementsOf(`${'{"a":'.repeat(7)}[1,2,3]${"}".repeat(7)}`), 3)
  })

  it("the shape returns the size of the fullest level", () => {
    assert.strictEqual(of('[{"a":[1,2,3]},{"a":[4,5]}]').fullest, 5)
    assert.strictEqual(of("{}").fullest, 0)
  })

  it("the shape counts at least as many values as the text has, except a single scalar", () => {
    assert.strictEqual(of("[1,2,3]").values, 3)
    assert.strictEqual(of('{"a":{"b":[{},{}]}}').values, 6)
  })

  it("a text beyond the depth limit is too deep, and unmatched closing brackets do no harm", () => {
    assert.isFalse(of("[".repeat(maxDepth)).isTooDeep)
    assert.isTrue(of("[".repeat(maxDepth + 1)).isTooDeep)
    assert.isFalse(of("]}]}".repeat(1_000)).isTooDeep)
    assert.strictEqual(of("]]]][1,2]").elements, 2)
  })

  it("G50 a piece of a scan reads its own bytes of a body of 3 MiB, and no others", () => {
    const unit = '{"a":"[\\\"{,","b":[1,2]},'
    const body = new TextEncoder().encode(`{"entry":[${unit.repeat(120_000)}{}]}`)
    const { result, count } = onePieceAtATime(body, shapeInPieces)
    assert.deepStrictEqual(result, shapeOf(body))
    assert.strictEqual(result.fullest, 240_000)
    assert.strictEqual(count, Math.ceil(body.length / pieceBytes))
  })

  it("an escaped character may begin in one piece and end in the next", () => {
    for (const before of [-2, -1, 0, 1]) {
      const begin = '["'
      const body = `${begin}${"x".repeat(pieceBytes - begin.length + before)}\\",[,",{}]`
      assert.deepStrictEqual([elementsOf(body), of(body).values], [2, 3], String(before))
    }
  })

  it("a scan stops in the piece in which a text becomes too deep", () => {
    const body = new TextEncoder().encode("[".repeat(10 * pieceBytes))
    assert.isTrue(onePieceAtATime(body, shapeInPieces).result.isTooDeep)
    assert.isAtMost(onePieceAtATime(body, shapeInPieces).count, 2)
  })
})
