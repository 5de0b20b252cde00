import { type Json, canonicalJson } from "../../src/domain/json.ts"
import type { Place } from "./where.ts"

/** What tells one item from all others (G11), and whether the provider gave it an id of its own. */
export interface Identity {
  readonly identity: ReadonlyArray<string>
  readonly weakIdentity: boolean
}

/** The provider's own id and what tells it from others with that id. */
export const strong = (sort: string, id: string, ...discriminator: ReadonlyArray<string>): Identity => ({
  identity: [sort, id, ...discriminator],
  weakIdentity: false
})

/** Without an id: the item itself, with the entry's id and time; a duplicate is preferred to a loss. */
export const weak = (sort: string, place: Place, item: Json): Identity => ({
  identity: [sort, place.entryId ?? "", place.entryTime ?? "", canonicalJson(item)],
  weakIdentity: true
})
