import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { Send } from "../../../src/connector/capability.ts"
import { PayloadError } from "../../../src/domain/failure.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { Personal } from "../../../src/domain/personal.ts"
import type { Account, Settings } from "../settings.ts"
import { messageIdOf } from "./receipt.ts"
import { checkRecipient, recipientOf } from "./recipient.ts"
import { toMessages } from "./to-messages.ts"

interface MessageType<Input extends JsonObject> {
  /** The provider's `type`; the capability has the same name. */
  readonly type: string
  readonly input: Schema.Codec<Input, unknown>
  /** What stands under the name of the type; the input itself unless said otherwise. */
  readonly object?: (input: Input) => Json
}

const noRecipient = new PayloadError({
  code: "invalid_request",
  detail: "a message needs a recipient",
  issues: [{ path: ["to"], message: "expected a recipient" }]
})

/** A message to somebody: the provider's own object, what goes beside it, and our callback data (META 3.1). */
export const message = <Input extends JsonObject>({ type, input: schema, object }: MessageType<Input>) => ({
  id: type,
  input: schema,
  recipient: "required" as const,
  checkRecipient,
  send: ({ input, to, ...context }: Send<Input, Settings, Account>) => {
    if (to === undefined) return Effect.fail(noRecipient)
    const whole: JsonObject = input
    const { context: answered, recipient_identity_key_hash: identity, ...own } = whole
    return toMessages(
      `whatsapp.${type}`,
      context,
      {
        messaging_product: "whatsapp",
        ...recipientOf(Personal.open(to)),
        ...(answered === undefined ? {} : { context: answered }),
        ...(identity === undefined ? {} : { recipient_identity_key_hash: identity }),
        type,
        [type]: object === undefined ? own : object(input),
        biz_opaque_callback_data: context.callbackData
      },
      messageIdOf
    )
  }
})
