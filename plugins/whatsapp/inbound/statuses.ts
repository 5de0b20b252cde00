import { Personal } from "../../../src/domain/personal.ts"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import type { Evidence } from "../../../src/domain/event.ts"
import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { codeOf, listOf, millisOf, objectOf, textOf } from "../../meta/read-json.ts"
import type { Contacts } from "./contact.ts"
import { ofStatus, orderOf } from "./person.ts"
import { strong, undecodable, weak, type Where } from "../../meta/identity.ts"
import { isStatusName, statusType } from "./names.ts"

/** Decodes statuses of sent messages: one event for each of `value.statuses`. */
export const decodeStatuses = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where,
  contacts: Contacts
): ReadonlyArray<DecodedItem> => {
  const errors = value["errors"]
  return items.map((item) => {
    if (!isJsonObject(item)) return undecodable("a status is not an object", item, where)
    const status = textOf(item["status"])
    if (status === undefined) return undecodable("a status does not say which", item, where)
    const id = textOf(item["id"])
    const known = isStatusName(status)
    const recipientId = textOf(item["recipient_id"])
    const group = item["recipient_type"] === "group" ? recipientId : undefined
    const person = contacts.personOf(ofStatus(item))
    const { contact } = person
    return {
      _tag: "Event",
      providerAccount: where.providerAccount,
      kind: known ? "status" : "unknown",
      type: known ? `status.${statusType(status)}` : "unknown",
      ...(id === undefined ? weak("status", where, item) : strong("status", id, status, participantOf(item))),
      ...orderOf(group, person, group ?? textOf(item["recipient_user_id"]) ?? recipientId),
      occurredAt: millisOf(item["timestamp"]),
      personal: Personal.of({
        providerId: id ?? "",
        content: item,
        ...(contact === undefined ? {} : { contact }),
        ...(errors === undefined ? {} : { errors })
      }),
      ...(known ? { evidence: evidenceOf(item, status) } : {})
    }
  })
}

/** Returns the participant of a status. In a group, each participant has separate statuses for one message. */
const participantOf = (item: JsonObject) =>
  textOf(item["recipient_participant_id"]) ?? textOf(item["recipient_participant_user_id"]) ?? ""

const evidenceOf = (item: JsonObject, status: string): Evidence => {
  const callbackData = item["biz_opaque_callback_data"]
  const code = codeOf(objectOf(listOf(item["errors"])?.[0])?.["code"])
  return {
    status,
    ...(typeof callbackData === "string" && callbackData !== "" ? { callbackData } : {}),
    ...(code === undefined ? {} : { code })
  }
}
