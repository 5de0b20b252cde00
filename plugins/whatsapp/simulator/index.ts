import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { Simulate } from "../../../src/connector/simulator.ts"
import { controls, happening } from "../../meta/simulator/controls.ts"
import { makeCourier } from "../../meta/simulator/deliver.ts"
import { signedWebhook } from "../../meta/simulator/post-office.ts"
import { makeState } from "../../meta/simulator/state.ts"
import { effectsOf, writing } from "../../meta/simulator/observe.ts"
import { messageId, numbersOf, type SimulatedNumber } from "./accounts.ts"
import { type Announced, announcing, statuses } from "./statuses.ts"
import { graphApi } from "./graph-api.ts"
import { media } from "./media.ts"
import { makeMemory, pairOf, ruleControls } from "./rules.ts"
import { customerMessage, messageStatus } from "./webhook.ts"

/** The provider redelivers at decreasing frequency for up to seven days, and never unsubscribes the app (META 1.3). */
const patience = { drops: 7 * 86_400_000 }

const utf8 = new TextEncoder()

const CustomerMessage = Schema.Struct({
  from: Schema.NonEmptyString,
  text: Schema.String,
  id: Schema.optionalKey(Schema.NonEmptyString),
  phoneNumberId: Schema.optionalKey(Schema.NonEmptyString)
})

const unknownNumber = { phoneNumberId: "", businessAccountId: "", holdsToken: () => false }

/**
 * Simulates a Graph API that accepts messages, and answers and signs its webhooks like the real one. Controls can make
 * it fail.
 */
export const simulate: Simulate = Effect.fnUntraced(function* (options) {
  const client = yield* HttpClient.HttpClient
  const scope = yield* Scope.Scope
  const state = yield* makeState
  const numbers = numbersOf(options)
  const memory = yield* makeMemory
  const kept = yield* media(numbers)
  const courier = makeCourier(options.webhookUrl, client, state, scope, patience)
  const secret = options.secrets["appSecret"] ?? Redacted.make("")
  const holdsAppSecret = (given: string) =>
    options.digest.equals(utf8.encode(given), utf8.encode(Redacted.value(secret)))

  const written = Effect.fnUntraced(function* (message: typeof CustomerMessage.Type) {
    const at = yield* Clock.currentTimeMillis
    const id = message.id ?? (yield* messageId)
    const number =
      numbers.find(({ phoneNumberId }) => phoneNumberId === message.phoneNumberId) ?? numbers[0] ?? unknownNumber
    yield* Ref.update(memory.wrote, HashMap.set(pairOf(number.phoneNumberId, message.from), at))
    const body = customerMessage(number, { ...message, id, at })
    const { from, text } = message
    return signedWebhook(
      { account: number.phoneNumberId, messageId: id, kind: "message", said: { from, text } },
      body,
      secret,
      options.digest
    )
  })

  const statusOf = (number: SimulatedNumber, status: Announced) =>
    signedWebhook(
      { account: number.phoneNumberId, messageId: status.id, kind: `status.${status.status}` },
      messageStatus(number, status),
      secret,
      options.digest
    )

  return {
    routes: Layer.mergeAll(
      graphApi(numbers, holdsAppSecret, state, memory, kept.has, announcing(courier, scope, statusOf), kept.find),
      kept.routes,
      happening("/_simulator/customer-messages", CustomerMessage, courier, written),
      ruleControls(memory),
      statuses(numbers, state, courier, statusOf),
      controls(state, courier, options.digest)
    ),
    customerWrites: writing(courier, written),
    effects: effectsOf(state)
  }
})
