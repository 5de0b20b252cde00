import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Send } from "../../../src/connector/capability.ts"
import { PayloadError } from "../../../src/domain/failure.ts"
import type { JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import type { Account, Settings } from "../settings.ts"
import { beside } from "./fields.ts"
import { type MessageEdge, messageIdOf, toMessages } from "./to-messages.ts"
import { checkRecipient, recipientOf } from "./recipient.ts"

interface MessageType<Input extends JsonObject> {
  /** Id of the capability, and the provider's `type` by default. */
  readonly id: string
  readonly input: Schema.Codec<Input, unknown>
  /**
   * Returns the members of the request beside recipient and callback data. By default, the input under the name of the
   * type.
   */
  readonly members?: (input: Input) => JsonObject
  readonly edge?: MessageEdge
}

/** Members of a request outside the object of the message. */
const besideNames: ReadonlySet<string> = new Set(Object.keys(beside))

/** Splits an input into the members beside the object of a message, and the object. */
export const parted = (input: JsonObject, names: ReadonlySet<string> = besideNames) => {
  const entries = Object.entries(input)
  return {
    beside: Object.fromEntries(entries.filter(([name]) => names.has(name))),
    own: Object.fromEntries(entries.filter(([name]) => !names.has(name)))
  }
}

const underType =
  (type: string) =>
  (input: JsonObject): JsonObject => {
    const { beside: others, own } = parted(input)
    return { ...others, type, [type]: own }
  }

const noRecipient = new PayloadError({
  code: "invalid_request",
  detail: "a message needs a recipient",
  issues: [{ path: ["to"], message: "expected a recipient" }]
})

/**
 * Builds a capability that sends a message: the provider's own object, the members beside it, and the callback data
 * (META 3.1).
 */
export const message = <Input extends JsonObject>({ id, input: schema, members, edge }: MessageType<Input>) => ({
  id,
  input: schema,
  recipient: "required" as const,
  checkRecipient,
  send: ({ input, to, ...context }: Send<Input, Settings, Account>) => {
    if (to === undefined) return Effect.fail(noRecipient)
    const body = {
      ...(members ?? underType(id))(input),
      messaging_product: "whatsapp",
      ...recipientOf(Personal.open(to)),
      biz_opaque_callback_data: context.callbackData
    }
    return toMessages(`whatsapp.${id}`, context, body, messageIdOf, edge)
  }
})
