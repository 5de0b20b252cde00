import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { json, underFault } from "../answers.ts"
import { called } from "../observe.ts"
import { randomId } from "../random-id.ts"
import { perform } from "../state.ts"
import { answers, forAccount, isOwnNode, refusal, type Setting, type SimulatedAccount, webhook } from "./setting.ts"
import { type Asked, readRequest } from "./request.ts"
import { echo, personDoes } from "./webhooks.ts"
import { answerOnce, mayWrite, messageSpoken } from "./world.ts"

/** Serves `POST /{node}/messages`: messages, private replies and sender actions (META 5.3, 6). */
export const messagesApi = (setting: Setting) => {
  const { dialect, state, world } = setting

  /** Returns the person who may receive the message now. Returns `undefined` when none may. */
  const reached = (
    { id }: SimulatedAccount,
    { to, byHuman, opens }: Asked,
    at: number
  ): Effect.Effect<string | undefined> =>
    opens && "person" in to
      ? Effect.succeed(to.person)
      : "person" in to
        ? Effect.map(mayWrite(world, id, to.person, byHuman, at), (may) => (may ? to.person : undefined))
        : answerOnce(world, id, to.comment, at)

  const act = Effect.fnUntraced(function* (account: SimulatedAccount, asked: Asked) {
    const at = yield* Clock.currentTimeMillis
    const person = yield* reached(account, asked, at)
    if (person === undefined) return refusal("person" in asked.to ? dialect.windowClosed : dialect.answeredBefore)
    const mid = asked.action ? "" : `m_${yield* randomId(32)}`
    const { type, text, metadata } = asked
    const to = "person" in asked.to ? person : asked.to.comment
    const callback = metadata === undefined ? {} : { callbackData: metadata }
    yield* perform(state, {
      at,
      messageId: mid,
      account: account.id,
      to,
      type: "person" in asked.to ? type : "private_reply",
      text,
      ...callback
    })
    if (asked.action) return json({ recipient_id: person })
    yield* messageSpoken(world, account.id, person, { id: mid, at })
    yield* tell(setting, account, { mid, person, at, asked })
    return json({ recipient_id: person, message_id: mid })
  })

  const send = forAccount(setting, (account, id, request) =>
    underFault(
      state,
      answers,
      { refuse: 613, fail: dialect.failsWith },
      Effect.gen(function* () {
        if (!isOwnNode(account, id)) return answers.noSuchObject
        const body = yield* Effect.orElseSucceed(request.json, () => null)
        const asked = readRequest(body, dialect)
        return typeof asked === "string" ? answers.badParameter(asked) : yield* act(account, asked)
      })
    )
  )

  return HttpRouter.add("POST", "/:version(^v\\d+\\.\\d+$)/:id/messages", called(state, send))
}

interface Sent {
  readonly mid: string
  readonly person: string
  readonly at: number
  readonly asked: Asked
}

/** Delivers the echo and, where the channel has it, the delivery status. */
const tell = (setting: Setting, account: SimulatedAccount, sent: Sent) => {
  const { courier, dialect, scope } = setting
  const { mid, person: from, at } = sent
  const delivery = { delivery: { mids: [mid], watermark: at } }
  const webhooks = [
    webhook(setting, account, "echo", mid, echo(dialect, account, sent)),
    ...(dialect.tellsDelivery
      ? [webhook(setting, account, "status.delivered", mid, personDoes(dialect, account, { from, at, item: delivery }))]
      : [])
  ]
  return Effect.forEach(webhooks, courier.deliver, { discard: true }).pipe(Effect.forkIn(scope), Effect.asVoid)
}
