import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { messageId, type SimulatedNumber, tokenOf } from "./accounts.ts"
import { json, underFault } from "../../meta/simulator/answers.ts"
import { called } from "../../meta/simulator/observe.ts"
import { perform, type State } from "../../meta/simulator/state.ts"
import type { JsonObject } from "../../../src/domain/json.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { admission, isRead, readMessage, readRequest, type SentMessage } from "./admission.ts"
import * as Answers from "./answers.ts"
import type { Mistake } from "./answers.ts"
import { lookUp, type Memory } from "./rules.ts"

/** Reports the statuses of an accepted message to the gateway. */
export type Announce = (number: SimulatedNumber, id: string, message: SentMessage) => Effect.Effect<void>

/** The app that receives the webhooks. */
const simulatedApp = "300000000000003"
const scopes = ["whatsapp_business_management", "whatsapp_business_messaging"]

const media: ReadonlySet<string> = new Set(["image", "video", "audio", "document", "sticker"])

/** Refusal of a send with an unknown medium. Its code is not documented. */
const noMedium: Mistake = { code: 100, details: "no such medium" }

const templateAlone = ({ type }: SentMessage): Mistake | undefined =>
  type === "template" ? undefined : { code: 131_055, details: "only marketing templates may be sent this way" }

/** Serves the part of the Graph API that a send and a probe need (META 3.1, 3.2, 7). */
export const graphApi = (
  numbers: ReadonlyArray<SimulatedNumber>,
  holdsAppSecret: (secret: string) => boolean,
  state: State,
  memory: Memory,
  holdsMedium: (id: string) => Effect.Effect<boolean>,
  announce: Announce,
  find: (id: string, request: HttpServerRequest) => Effect.Effect<HttpServerResponse | undefined>
) => {
  const act = Effect.fnUntraced(function* (number: SimulatedNumber, message: SentMessage) {
    const id = yield* messageId
    const at = yield* Clock.currentTimeMillis
    yield* perform(state, { at, messageId: id, account: number.phoneNumberId, ...message })
    yield* announce(number, id, message)
    return Answers.accepted(id, message.to)
  })

  const refusal = Effect.fnUntraced(function* (number: SimulatedNumber, message: SentMessage, body: JsonObject) {
    const medium = textOf(objectOf(body[message.type])?.["id"])
    if (medium !== undefined && media.has(message.type) && !(yield* holdsMedium(medium))) return noMedium
    return yield* admission(memory, number, message, body, yield* Clock.currentTimeMillis)
  })

  const asMeant = Effect.fnUntraced(function* (
    request: HttpServerRequest,
    id: string | undefined,
    check: (message: SentMessage) => Mistake | undefined = () => undefined
  ) {
    const token = tokenOf(request)
    if (!numbers.some((number) => number.holdsToken(token))) return Answers.badToken
    const number = numbers.find(({ phoneNumberId }) => phoneNumberId === id)
    if (number === undefined || !number.holdsToken(token)) return Answers.noSuchObject
    const expired = yield* lookUp(memory.expired, number.phoneNumberId)
    if (expired !== undefined) return Answers.expired(expired)
    const body = yield* Effect.orElseSucceed(request.json, () => null)
    const asked = readRequest(body)
    if (typeof asked === "string") return Answers.badParameter(asked)
    const message = isRead(asked) ? undefined : readMessage(asked)
    if (message !== undefined && "code" in message) return Answers.mistaken(message)
    const refused = message && (check(message) ?? (yield* refusal(number, message, asked)))
    if (refused !== undefined) return Answers.mistaken(refused)
    return message === undefined ? json({ success: true }) : yield* act(number, message)
  })

  const send = (request: HttpServerRequest) =>
    Effect.flatMap(HttpRouter.params, ({ id }) =>
      underFault(state, Answers.common, { refuse: 131_056, fail: 131_000 }, asMeant(request, id))
    )

  /** Serves the marketing edge, which accepts only templates (META 3.5). */
  const market = (request: HttpServerRequest) =>
    Effect.flatMap(HttpRouter.params, ({ id }) =>
      underFault(state, Answers.common, { refuse: 131_056, fail: 131_000 }, asMeant(request, id, templateAlone))
    )

  const probe = Effect.fnUntraced(function* (request: HttpServerRequest) {
    const token = tokenOf(request)
    const visible = numbers.filter((number) => number.holdsToken(token))
    if (visible.length === 0) return Answers.badToken
    const expired = yield* lookUp(memory.expired, visible[0]?.phoneNumberId ?? "")
    if (expired !== undefined) return Answers.expired(expired)
    const { id = "" } = yield* HttpRouter.params
    if (visible.some(({ businessAccountId }) => businessAccountId === id)) return json({ id })
    if (!visible.some(({ phoneNumberId }) => phoneNumberId === id)) {
      return (yield* find(id, request)) ?? Answers.noSuchObject
    }
    return json({
      id,
      display_phone_number: "15550100000",
      verified_name: "Simulated business",
      quality_rating: "GREEN"
    })
  })

  const subscribedApps = Effect.fnUntraced(function* (request: HttpServerRequest) {
    const token = tokenOf(request)
    const visible = numbers.filter((number) => number.holdsToken(token))
    if (visible.length === 0) return Answers.badToken
    const { id } = yield* HttpRouter.params
    if (!visible.some(({ businessAccountId }) => businessAccountId === id)) return Answers.noSuchObject
    return json({ data: [{ id: simulatedApp }] })
  })

  const debugToken = (request: HttpServerRequest) =>
    Effect.gen(function* () {
      const [appId = "", ...secret] = tokenOf(request).split("|")
      if (!holdsAppSecret(secret.join("|"))) return Answers.badToken
      const asked = URL.parse(request.url, "http://simulated")?.searchParams.get("input_token") ?? ""
      const owner = numbers.find((number) => number.holdsToken(asked))
      const valid = owner !== undefined && (yield* lookUp(memory.expired, owner.phoneNumberId)) === undefined
      return json({ data: { app_id: appId, is_valid: valid, expires_at: 0, ...(valid ? { scopes } : {}) } })
    })

  return Layer.mergeAll(
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/debug_token", debugToken),
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/:id/subscribed_apps", subscribedApps),
    HttpRouter.add("POST", "/:version(^v\\d+\\.\\d+$)/:id/messages", called(state, send)),
    HttpRouter.add("POST", "/:version(^v\\d+\\.\\d+$)/:id/marketing_messages", called(state, market)),
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/:id", probe)
  )
}
