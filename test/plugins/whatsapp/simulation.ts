import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { simulate } from "../../../plugins/whatsapp/simulator/index.ts"
import { digest } from "../digest.ts"
import { type Running, running } from "../simulation.ts"
import { businessAccountId, phoneNumberId } from "./samples/webhook.ts"

export const appSecret = Redacted.make("the app secret")

/** The simulated WhatsApp, with two numbers of one business account. */
export class Simulation extends Context.Service<Simulation, Running>()("comporta/test/Simulation") {}

export const simulation: Layer.Layer<Simulation> = Layer.effect(
  Simulation,
  running(
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
)
