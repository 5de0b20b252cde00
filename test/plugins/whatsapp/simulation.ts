import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { simulate } from "../../../plugins/whatsapp/simulator/index.ts"
import { digest } from "../digest.ts"
import { type Running, running } from "../simulation.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"

export const appSecret = Redacted.make("the app secret")

/** The simulated WhatsApp, with two numbers of one business account; it forgets the window unless told to mind it. */
export class Simulation extends Context.Service<Simulation, Running>()("comporta/test/Simulation") {}

const starting = running(
  simulate,
  {
    secrets: { appSecret, verifyToken: Redacted.make("the verify token") },
    accounts: [
      { account: { phoneNumberId, businessAccountId }, secrets: { accessToken: Redacted.make("the token") } },
      {
        account: { phoneNumberId: "200000000000002", businessAccountId },
        secrets: { accessToken: Redacted.make("the other token") }
      }
    ],
    digest
  },
  "the token"
)

/** As the provider is: nobody has written yet, so nobody may be written to. */
export const strict: Layer.Layer<Simulation> = Layer.effect(Simulation, starting)

export const simulation: Layer.Layer<Simulation> = Layer.effect(
  Simulation,
  Effect.tap(starting, ({ call }) => Effect.orDie(call("POST", "/_simulator/rules", { window: false })))
)
