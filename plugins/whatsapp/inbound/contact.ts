import { type Json, type JsonObject, isJsonObject } from "../../../src/domain/json.ts"
import { listOf, textOf } from "../../meta/read-json.ts"

/** The people of one change. A phone number may be absent, and so may a business-scoped user id (META 2.2). */
export interface Contacts {
  readonly find: (userId: string | undefined, waId: string | undefined) => JsonObject | undefined
  /** The contact, where there is exactly one. */
  readonly only: JsonObject | undefined
}

const none: Contacts = { find: () => undefined, only: undefined }

export const contactsOf = (value: Json | undefined): Contacts => {
  const contacts = (listOf(value) ?? []).filter(isJsonObject)
  const [first] = contacts
  if (first === undefined) return none
  if (contacts.length === 1) return alone(first)
  const byUserId = new Map<string, JsonObject>()
  const byWaId = new Map<string, JsonObject>()
  for (const contact of contacts) {
    const userId = textOf(contact["user_id"])
    const waId = textOf(contact["wa_id"])
    if (userId !== undefined) byUserId.set(userId, contact)
    if (waId !== undefined) byWaId.set(waId, contact)
  }
  return {
    find: (userId, waId) =>
      (userId === undefined ? undefined : byUserId.get(userId)) ?? (waId === undefined ? undefined : byWaId.get(waId)),
    only: undefined
  }
}

/** As nearly every change has it. */
const alone = (contact: JsonObject): Contacts => ({
  find: (userId, waId) =>
    (userId !== undefined && userId === textOf(contact["user_id"])) ||
    (waId !== undefined && waId === textOf(contact["wa_id"]))
      ? contact
      : undefined,
  only: contact
})
