import { Personal } from "../../../src/domain/personal.ts"
import type { DecodedItem } from "../../../src/connector/inbound.ts"
import type { Evidence } from "../../../src/domain/event.ts"
import { type Json, type JsonObject, isJsonObject } from "../../../src/domain/json.ts"
import { codeOf, listOf, millisOf, objectOf, textOf } from "../../meta/read-json.ts"
import { contactsOf } from "./contact.ts"
import { strong, weak } from "./identity.ts"
import { isStatusName, statusType } from "./names.ts"
import { type Where, undecodable } from "./where.ts"

/** How far what we sent went: one event each of `value.statuses`. */
export const decodeStatuses = (
  items: ReadonlyArray<Json>,
  value: JsonObject,
  where: Where
): ReadonlyArray<DecodedItem> => {
  const contacts = contactsOf(value["contacts"])
  const errors = value["errors"]
  return items.map((item) => {
    if (!isJsonObject(item)) return undecodable("a status is not an object", item, where)
    const status = textOf(item["status"])
    if (status === undefined) return undecodable("a status does not say which", item, where)
    const id = textOf(item["id"])
    const known = isStatusName(status)
    const recipient = { userId: textOf(item["recipient_user_id"]), phone: textOf(item["recipient_id"]) }
    const contact = contacts.find(recipient.userId, recipient.phone)
    const group = item["recipient_type"] === "group"
    return {
      _tag: "Event",
      providerAccount: where.providerAccount,
      kind: known ? "status" : "unknown",
      type: known ? `status.${statusType(status)}` : "unknown",
      ...(id === undefined ? weak("status", where, item) : strong("status", id, status, participantOf(item))),
      conversation: group ? recipient.phone : (recipient.userId ?? recipient.phone),
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

/** In a group each participant has statuses of his own for one message. */
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
