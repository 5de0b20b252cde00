import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { whatsapp } from "../../../plugins/whatsapp/index.ts"
import type { RawConnector } from "../../../src/connector/configure.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"

export const raw: RawConnector = {
  secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
  settings: { graph: { version: "v25.0" } },
  accounts: {
    support: { secrets: { accessToken: "whatsapp/support" }, settings: { phoneNumberId, businessAccountId } }
  },
  capabilities: ["text"]
}

/** The value of every secret is its reference. */
export const channel = Effect.fromResult(whatsapp.configure(raw)).pipe(
  Effect.flatMap(({ bind }) =>
    bind((ref) => Effect.succeed({ current: () => Redacted.make(ref), candidates: () => [Redacted.make(ref)] }))
  ),
  Effect.orDie
)
