import type { Json, JsonObject } from "../../../../src/domain/json.ts"
import type { Asked } from "./request.ts"
import type { SimulatedAccount } from "./accounts.ts"
import type { Dialect } from "./dialect.ts"

const entryOf = (object: Dialect["object"], id: string, time: number, members: JsonObject): Json => ({
  object,
  entry: [{ id, time, ...members }]
})

/** What a person does, told as the provider tells it (META 5.2, 6). */
export const personDoes = (
  { object }: Dialect,
  account: SimulatedAccount,
  { from, at, item }: { readonly from: string; readonly at: number; readonly item: JsonObject }
): Json =>
  entryOf(object, account.id, at, {
    messaging: [{ sender: { id: from }, recipient: { id: account.id }, timestamp: at, ...item }]
  })

/** The account's own message, with the id that its send was answered with (META 4.8, 4.10). */
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

/** A change in a list, as the wire has it, or laid flat, as the documentation shows it (META 5.2). Time in seconds. */
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
