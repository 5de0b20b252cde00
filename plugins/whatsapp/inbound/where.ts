import { isJsonObject, type Json, type JsonObject } from "../../../src/domain/json.ts"
import { textOf } from "../../meta/read-json.ts"
import { type Where, unaddressed } from "../../meta/where.ts"

/** Returns the account of an item: the phone number, else the business account. */
export const whereOf = (entry: JsonObject, value?: Json): Where => {
  const metadata = isJsonObject(value) ? value["metadata"] : undefined
  const phoneNumberId = isJsonObject(metadata) ? textOf(metadata["phone_number_id"]) : undefined
  const entryId = textOf(entry["id"])
  return { entryId, entryTime: textOf(entry["time"]), providerAccount: phoneNumberId ?? entryId ?? unaddressed }
}
