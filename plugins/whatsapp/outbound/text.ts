import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type Send, verified } from "../../../src/connector/capability.ts"
import { PayloadError } from "../../../src/domain/failure.ts"
import { appSecretProof } from "../../meta/app-secret-proof.ts"
import { type GraphCall, graphClient } from "../../meta/graph.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"
import { messageIdOf } from "./receipt.ts"
import { checkRecipient, recipientOf } from "./recipient.ts"

/**
 * The provider's own `text` object (META 3.1). `body` has 1 to 4096 characters; how the provider counts them is not
 * documented, here they are UTF-16 code units, so that an emoji counts as two or more.
 */
export const TextInput = Schema.Struct({
  body: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(4096)),
  preview_url: Schema.optionalKey(Schema.Boolean)
})
export type TextInput = typeof TextInput.Type

const call: GraphCall = graphClient(errors)

const noRecipient = new PayloadError({
  code: "invalid_request",
  detail: "a text needs a recipient",
  issues: [{ path: ["to"], message: "expected a recipient" }]
})

const send = ({ input, to, account, settings, secret, digest, callbackData }: Send<TextInput, Settings, Account>) =>
  to === undefined
    ? Effect.fail(noRecipient)
    : call({
        operation: "whatsapp.text",
        settings: settings.graph,
        method: "POST",
        path: `${encodeURIComponent(account.phoneNumberId)}/messages`,
        token: secret("accessToken"),
        proof: appSecretProof(digest, secret("appSecret"), secret("accessToken")),
        body: {
          messaging_product: "whatsapp",
          recipient_type: "individual",
          ...recipientOf(Redacted.value(to)),
          type: "text",
          text: input,
          biz_opaque_callback_data: callbackData
        },
        expect: messageIdOf
      })

/** A text message; the provider's statuses return our callback data (META 4.2). */
export const text = verified({
  id: "text",
  input: TextInput,
  recipient: "required",
  checkRecipient,
  proof: "status-echo",
  send
})
