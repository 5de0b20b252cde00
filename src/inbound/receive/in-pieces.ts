import * as Effect from "effect/Effect"
import type { DecodedItem } from "../../connector/inbound.ts"
import type { Item } from "../admit/normalize.ts"

/** Items that are made in one turn of the event loop, and the characters of what they become. */
export const itemsPerTurn = 64
export const textPerTurn = 262_144

/** Characters that all items of a webhook may become; what many of them share is in each of them. */
export const maxText = 16 * 1_048_576

/** The reason of quarantine for a webhook whose items become more than {@link maxText}. */
export const tooLargeDecoded = "too_large_decoded"

const lengthOf = (sum: number, { length }: string) => sum + length
const sizeOf = (decoded: DecodedItem, { entry }: Item): number =>
  entry.record.length +
  (entry.sealed ?? "").length +
  (decoded._tag === "Event" ? decoded.identity.reduce(lengthOf, decoded.providerAccount.length) : 0)

/**
 * Makes items in order, a bounded number in one turn, so that what else has come is served in between (G50). Returns
 * `undefined` once they become more than {@link maxText}.
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
