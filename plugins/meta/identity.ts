import type { Undecodable } from "../../src/connector/inbound.ts"
import { canonicalJson, type Json } from "../../src/domain/json.ts"
import { Personal } from "../../src/domain/personal.ts"

/**
 * Account of an item without one. No webhook of the provider names it: the host finds it not configured and keeps the
 * event visible.
 */
export const unaddressed = "(unaddressed)"

/** The entry that contains an item, as far as the webhook says. */
export interface Place {
  readonly entryId: string | undefined
  readonly entryTime: string | undefined
}

/** An item's place, and the account that it is for. */
export interface Where extends Place {
  readonly providerAccount: string
}

/** An entry, and a test for the ids of configured accounts. */
export interface Entry extends Where {
  readonly isOurs: (providerAccount: string) => boolean
}

export const undecodable = (reason: string, item: Json, where?: Where): Undecodable => ({
  _tag: "Undecodable",
  reason,
  ...(where === undefined || where.providerAccount === unaddressed ? {} : { providerAccount: where.providerAccount }),
  item: Personal.of(item)
})

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
