import * as Effect from "effect/Effect"
import type { DecodedItem } from "../../connector/inbound.ts"
import type { Item } from "../admit/normalize.ts"

/** Items made in one turn of the event loop, and the characters of their entries. */
export const itemsPerTurn = 64
export const textPerTurn = 262_144

/** Characters that the entries of one webhook may have. A part that several items share counts in each of them. */
export const maxText = 16 * 1_048_576

/** Quarantine reason of a webhook whose entries have more than {@link maxText} characters. */
export const tooLargeDecoded = "too_large_decoded"

const lengthOf = (sum: number, { length }: string) => sum + length
const sizeOf = (decoded: DecodedItem, { entry }: Item): number =>
  entry.record.length +
  (entry.sealed ?? "").length +
  (decoded._tag === "Event" ? decoded.identity.reduce(lengthOf, decoded.providerAccount.length) : 0)

/**
 * Makes items in order, a bounded number in each turn of the event loop, so that other requests are served in between
 * (G50). Returns `undefined` when their entries exceed {@link maxText}.
 */
export const inPieces = Effect.fnUntraced(function* (
  decoded: ReadonlyArray<DecodedItem>,
  make: (one: DecodedItem) => Item
): Effect.fn.Return<ReadonlyArray<Item> | undefined> {
  const items: Array<Item> = []
  let all = 0
  let count = 0
  let text = 0
  for (const one of decoded) {
    const item = make(one)
    items.push(item)
    const size = sizeOf(one, item)
    all += size
    text += size
    count += 1
    if (all > maxText) return undefined
    if (count < itemsPerTurn && text < textPerTurn) continue
    yield* Effect.yieldNow
    count = 0
    text = 0
  }
  return items
})
