import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isJsonObject, type JsonObject } from "../../../../src/domain/json.ts"
import { happening } from "../controls.ts"
import { randomId } from "../random-id.ts"
import { type Setting, webhook } from "./setting.ts"
import { personDoes } from "./webhooks.ts"
import { personWrote } from "./world.ts"

export const optional = Schema.optionalKey(Schema.NonEmptyString)

const CustomerMessage = Schema.Struct({
  from: Schema.NonEmptyString,
  text: Schema.String,
  id: optional,
  account: optional
})
export type CustomerMessage = typeof CustomerMessage.Type

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
