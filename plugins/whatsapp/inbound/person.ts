import type { DecodedEvent } from "../../../src/connector/inbound.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"

/** Ids of one person. A phone number may be absent, and so may a business-scoped user id (META 2.2). */
export interface Ids {
  /** Digits, without `+`. */
  readonly phone: string | undefined
  readonly userId: string | undefined
}

const userIdForm = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/
const withPlus = /^\+(?=\d+$)/

/**
 * Returns ids sorted by their form, since a user id may replace a phone number (META 2.2). The first of each
 * kind counts.
 */
const idsOf = (phone: Json | undefined, ...userIds: ReadonlyArray<Json | undefined>): Ids => {
  const first = textOf(phone)
  const userId = userIds.map(textOf).find((one) => one !== undefined)
  if (first !== undefined && userIdForm.test(first)) return { phone: undefined, userId: userId ?? first }
  return { phone: first?.replace(withPlus, ""), userId }
}

const isNobody = ({ phone, userId }: Ids) => phone === undefined && userId === undefined

const writer = (item: JsonObject): Ids => idsOf(item["from"], item["from_user_id"], item["from_parent_user_id"])

const addressee = (item: JsonObject): Ids => idsOf(item["to"], item["to_user_id"], item["to_parent_user_id"])

const recipient = (item: JsonObject): Ids =>
  item["recipient_type"] === "group"
    ? idsOf(item["recipient_participant_id"], item["recipient_participant_user_id"])
    : idsOf(
        item["recipient_id"],
        item["recipient_user_id"],
        item["recipient_parent_user_id"] ?? item["parent_recipient_user_id"] ?? item["parent_user_id"]
      )

const named = (item: JsonObject): Ids => idsOf(item["wa_id"], item["user_id"], item["parent_user_id"])

/** Returns the ids that the item itself has of its person: a customer, never the business. */
type OwnIds = (item: JsonObject) => Ids

/** Returns the ids of a message. A `system` message may name the person only inside. */
export const ofMessage: OwnIds = (item) => {
  const ids = writer(item)
  const system = isNobody(ids) ? objectOf(item["system"]) : undefined
  return system === undefined ? ids : named(system)
}

export const ofEcho: OwnIds = addressee

export const ofStatus: OwnIds = recipient

/** Returns a test for the ids of the business's own number, from the metadata of a change. */
const isOwnNumber = (metadata: Json | undefined) => {
  const { display_phone_number: display, phone_number_id: id } = objectOf(metadata) ?? {}
  const own = new Set([textOf(display)?.replaceAll(/\D/g, ""), textOf(id)])
  return (phone: string | undefined) => phone !== undefined && own.has(phone)
}

/**
 * Returns the ids of an account item of a change with this `metadata`. A call states its direction, or comes from the
 * business's own number. Its statuses name the recipient, and a preference names its person.
 */
export const ofAccountItem = (metadata: Json | undefined): OwnIds => {
  const isOwn = isOwnNumber(metadata)
  return (item) => {
    const outgoing = item["direction"] === "BUSINESS_INITIATED" || isOwn(writer(item).phone)
    const parts = [outgoing ? addressee(item) : writer(item), recipient(item), named(item)]
    return parts.find((ids) => !isNobody(ids)) ?? { phone: undefined, userId: undefined }
  }
}
/** Returns the ids of a contact. */
export const ofContact: OwnIds = named

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
