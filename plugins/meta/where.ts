import type { Undecodable } from "../../src/connector/inbound.ts"
import { Personal } from "../../src/domain/personal.ts"
import type { Json } from "../../src/domain/json.ts"

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
