import type { DecodedEvent } from "../../../src/connector/inbound.ts"
import type { Ids } from "./person.ts"

type Ordered = Pick<DecodedEvent, "conversation" | "formerly" | "learned" | "mayBeAlias">

/**
 * Returns the ordering key of an item: its group, else the person by phone, else by user id, which may be an alias of a
 * phone number. `formerly`: its ordering key under version 1 of the rule.
 */
export const orderOf = (group: string | undefined, person: Ids, formerly: string | undefined): Ordered => {
  const { phone, userId } = person
  const conversation = group ?? phone ?? userId
  return {
    conversation,
    ...(phone === undefined || userId === undefined ? {} : { learned: { id: phone, alias: userId } }),
    ...(group === undefined && phone === undefined && userId !== undefined ? { mayBeAlias: true as const } : {}),
    ...(formerly === conversation ? {} : { formerly: formerly ?? "" })
  }
}
