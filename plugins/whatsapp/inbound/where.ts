import { Personal } from "../../../src/domain/personal.ts"
import type { Undecodable } from "../../../src/connector/inbound.ts"
import { type Json, type JsonObject, isJsonObject } from "../../../src/domain/json.ts"
import { textOf } from "../../meta/read-json.ts"

/** No webhook of the provider names such an account: the host finds it not configured and keeps the event visible. */
export const unaddressed = "(unaddressed)"

/** Where in a webhook an item stands, as far as the webhook says. */
export interface Where {
  readonly entryId: string | undefined
  readonly entryTime: string | undefined
  /** The phone number, else the business account. */
  readonly providerAccount: string
}

export const whereOf = (entry: JsonObject, value?: Json): Where => {
  const metadata = isJsonObject(value) ? value["metadata"] : undefined
  const phoneNumberId = isJsonObject(metadata) ? textOf(metadata["phone_number_id"]) : undefined
  const entryId = textOf(entry["id"])
  return { entryId, entryTime: textOf(entry["time"]), providerAccount: phoneNumberId ?? entryId ?? unaddressed }
}

export const undecodable = (reason: string, item: Json, where?: Where): Undecodable => ({
  _tag: "Undecodable",
  reason,
  ...(where === undefined || where.providerAccount === unaddressed ? {} : { providerAccount: where.providerAccount }),
  item: Personal.of(item)
})
