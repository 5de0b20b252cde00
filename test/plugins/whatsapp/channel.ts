import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { whatsapp } from "../../../plugins/whatsapp/index.ts"
import type { RawConnector } from "../../../src/connector/definition.ts"
import { digest } from "../digest.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"

export const raw: RawConnector = {
  secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
  settings: { graph: { version: "v25.0" } },
  accounts: {
    support: { secrets: { accessToken: "whatsapp/support" }, settings: { phoneNumberId, businessAccountId } }
  },
  capabilities: whatsapp.capabilities.map(({ id }) => id)
}

/** The value of every secret is its reference. */
export const channelWith = (given: RawConnector) =>
  Effect.fromResult(whatsapp.configure(given)).pipe(
    Effect.flatMap(({ bind }) =>
      bind(
        (ref) => Effect.succeed({ current: () => Redacted.make(ref), candidates: () => [Redacted.make(ref)] }),
        digest
      )
    ),
    Effect.orDie
  )

export const channel = channelWith(raw)
