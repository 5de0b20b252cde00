import { canonicalJson, type Json } from "../../src/domain/json.ts"
import type { Place } from "./where.ts"

/** Parts that distinguish one item from all others (G11), and whether the provider gave it an id. */
export interface Identity {
  readonly identity: ReadonlyArray<string>
  readonly weakIdentity: boolean
}

/**
 * Returns the identity of an item with an id: the provider's own id, and what distinguishes it from others with that
 * id.
 */
export const strong = (sort: string, id: string, ...discriminator: ReadonlyArray<string>): Identity => ({
  identity: [sort, id, ...discriminator],
  weakIdentity: false
})

/**
 * Returns the identity of an item without an id: the item itself, with the entry's id and time. It prefers a duplicate
 * to a loss.
 */
export const weak = (sort: string, place: Place, item: Json): Identity => ({
  identity: [sort, place.entryId ?? "", place.entryTime ?? "", canonicalJson(item)],
  weakIdentity: true
})
