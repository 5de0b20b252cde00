import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import { Personal } from "../../../src/domain/personal.ts"
import { CorrelationId, EventId } from "../../../src/domain/ids.ts"
import { inTurns } from "../../../src/domain/pieces.ts"
import { itemsInPieces, itemsPerPiece, maxText, textPerPiece } from "../../../src/inbound/receive/large-webhooks.ts"
import type { Item } from "../../../src/inbound/admit/normalize.ts"

const decoded: DecodedItem = { _tag: "Undecodable", reason: "any", item: Personal.of(null) }
const hex = "0".repeat(32)

/** Makes so many items of so many characters each, and counts how many were made between two turns of the event loop. */
const perTurn = Effect.fnUntraced(function* (count: number, length: number) {
  let made = 0
  const make = (): Item => {
    made += 1
    const entry = { key: EventId.make(`evt_${hex}`), sort: "event" as const, consumers: [], record: "x".repeat(length) }
    return { partition: 0, entry, key: entry.key, correlationId: CorrelationId.make(`cor_${hex}`) }
  }
  const work = yield* Effect.forkChild(
    inTurns(() =>
      itemsInPieces(
        Array.from({ length: count }, () => decoded),
        make
      )
    )
  )
  const turns: Array<number> = []
  let before = 0
  while (work.pollUnsafe() === undefined) {
    yield* Effect.callback<void>((resume) => void setImmediate(() => resume(Effect.void)))
    turns.push(made - before)
    before = made
  }
  return { items: yield* Fiber.join(work), turns, made }
})

describe("items of a large webhook", () => {
  it.live("G50 the gateway makes a bounded number of items in one turn of the event loop", () =>
    Effect.gen(function* () {
      const { items, turns } = yield* perTurn(1_000, 10)
      assert.lengthOf(items ?? [], 1_000)
      assert.isAtMost(Math.max(...turns), 2 * itemsPerPiece)
    })
  )

  it.live("G50 the gateway makes fewer items in one turn when the items are large", () =>
    Effect.gen(function* () {
      const { items, turns } = yield* perTurn(40, textPerPiece)
      assert.lengthOf(items ?? [], 40)
      assert.isAtMost(Math.max(...turns), 2)
    })
  )

  it.live("G50 the gateway stops making items once they are too large together", () =>
    Effect.gen(function* () {
      const { items, made } = yield* perTurn(1_000, 1_048_576)
      assert.isUndefined(items)
      assert.strictEqual(made, maxText / 1_048_576 + 1)
    })
  )
})
