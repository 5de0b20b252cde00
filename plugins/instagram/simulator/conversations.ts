import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { json } from "../../meta/simulator/answers.ts"
import { answers, forAccount, isOwnNode, queryOf, type Setting } from "../../meta/simulator/messaging/setting.ts"
import { spokenWith } from "../../meta/simulator/messaging/world.ts"

/** Id of a conversation: the provider's ids are opaque, and this one holds its person. */
const prefix = "conversation_"

/** Messages on one page. */
const page = 25

/** Serves the conversation with a person, and the ids of its messages (META 4.8). */
export const conversations = (setting: Setting) => {
  const { world } = setting

  const listed = forAccount(setting, (account, id, request) =>
    Effect.gen(function* () {
      if (!isOwnNode(account, id)) return answers.noSuchObject
      const query = queryOf(request)
      const person = query.get("user_id")
      if (query.get("platform") !== "instagram") return answers.badParameter("platform must be instagram")
      if (person === null) return answers.badParameter("only the conversation with one user_id is simulated")
      const spoken = yield* spokenWith(world, account.id, person)
      return json({ data: spoken === undefined ? [] : [{ id: `${prefix}${person}` }] })
    })
  )

  const conversation = forAccount(setting, (account, id, request) =>
    Effect.gen(function* () {
      const spoken = yield* spokenWith(world, account.id, id.slice(prefix.length))
      if (spoken === undefined) return answers.noSuchObject
      if (queryOf(request).get("fields") !== "messages") return json({ id })
      const data = spoken.slice(0, page).map((message) => ({ id: message.id, created_time: String(message.at) }))
      return json({ messages: { data }, id })
    })
  )

  return [
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/:id/conversations", listed),
    HttpRouter.add("GET", `/:version(^v\\d+\\.\\d+$)/:id(^${prefix}.+$)`, conversation)
  ]
}
