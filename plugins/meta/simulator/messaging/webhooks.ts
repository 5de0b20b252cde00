import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isJsonObject, type Json, type JsonObject } from "../../../../src/domain/json.ts"
import { happening } from "../controls.ts"
import { randomId } from "../random-id.ts"
import type { Asked } from "./request.ts"
import { type Dialect, type Setting, type SimulatedAccount, webhook } from "./setting.ts"
import { messageSpoken, personWrote } from "./world.ts"

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

export const optional = Schema.optionalKey(Schema.NonEmptyString)

const CustomerMessage = Schema.Struct({
  from: Schema.NonEmptyString,
  text: Schema.String,
  id: optional,
  account: optional
})
type CustomerMessage = typeof CustomerMessage.Type

const Deed = Schema.Struct({ from: Schema.NonEmptyString, item: Schema.Json, account: optional })

const noSecret = Redacted.make("")

/** Returns the account with this id, else the first. */
export const accountOf = ({ accounts }: Pick<Setting, "accounts">, id: string | undefined) =>
  accounts.find((account) => account.id === id) ??
  accounts[0] ?? { id: "", self: "", appSecret: noSecret, holdsToken: () => false, proves: () => false }

/** Simulates a person's message. It opens the window in which the account may write to the person. */
export const written = (setting: Setting) =>
  Effect.fnUntraced(function* (message: CustomerMessage) {
    const at = yield* Clock.currentTimeMillis
    const mid = message.id ?? `m_${yield* randomId(32)}`
    const account = accountOf(setting, message.account)
    const { from, text } = message
    yield* personWrote(setting.world, account.id, from, at)
    yield* messageSpoken(setting.world, account.id, from, { id: mid, at })
    const body = personDoes(setting.dialect, account, { from, at, item: { message: { mid, text } } })
    return webhook(setting, account, "message", mid, body, { from, text })
  })

/**
 * Simulates any other action of a person: a reaction, an edit, a read. The item comes without its sender, recipient and
 * time.
 */
const does = (setting: Setting) =>
  Effect.fnUntraced(function* ({ from, item, account: id }: typeof Deed.Type) {
    const at = yield* Clock.currentTimeMillis
    const account = accountOf(setting, id)
    const told: JsonObject = isJsonObject(item) ? item : {}
    return webhook(setting, account, "event", "", personDoes(setting.dialect, account, { from, at, item: told }))
  })

export const people = (setting: Setting) => [
  happening("/_simulator/customer-messages", CustomerMessage, setting.courier, written(setting)),
  happening("/_simulator/events", Deed, setting.courier, does(setting))
]
