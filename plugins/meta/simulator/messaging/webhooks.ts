import type { Json, JsonObject } from "../../../../src/domain/json.ts"
import type { Asked } from "./request.ts"
import type { SimulatedAccount } from "./accounts.ts"
import type { Dialect } from "./dialect.ts"

const entryOf = (object: Dialect["object"], id: string, time: number, members: JsonObject): Json => ({
  object,
  entry: [{ id, time, ...members }]
})

/** Returns the provider's webhook about an action of a person (META 5.2, 6). */
export const personDoes = (
  { object }: Dialect,
  account: SimulatedAccount,
  { from, at, item }: { readonly from: string; readonly at: number; readonly item: JsonObject }
): Json =>
  entryOf(object, account.id, at, {
    messaging: [{ sender: { id: from }, recipient: { id: account.id }, timestamp: at, ...item }]
  })

/** Returns the echo of the account's own message, with the id that answered its send (META 4.8, 4.10). */
export const echo = (
  { object, echoesMetadata }: Dialect,
  account: SimulatedAccount,
  sent: { readonly mid: string; readonly person: string; readonly at: number; readonly asked: Asked }
): Json => {
  const { attachment, text } = sent.asked.message
  const { metadata } = sent.asked
  const message = {
    mid: sent.mid,
    is_echo: true,
    ...(text === undefined ? {} : { text }),
    ...(attachment === undefined ? {} : { attachments: [attachment] }),
    ...(echoesMetadata && metadata !== undefined ? { metadata, app_id: 300_000_000_000_003 } : {})
  }
  return entryOf(object, account.id, sent.at, {
    messaging: [{ sender: { id: account.id }, recipient: { id: sent.person }, timestamp: sent.at, message }]
  })
}

/**
 * Returns a change: in a list, as on the wire, or laid flat, as in the documentation (META 5.2). Its time is in
 * seconds.
 */
export const change = (
  { object }: Dialect,
  account: SimulatedAccount,
  {
    field,
    value,
    at,
    flat
  }: { readonly field: string; readonly value: Json; readonly at: number; readonly flat: boolean }
): Json => entryOf(object, account.id, Math.floor(at / 1000), flat ? { field, value } : { changes: [{ field, value }] })
