import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { json } from "../../meta/simulator/answers.ts"
import { type Setting, answers, forAccount } from "../../meta/simulator/messaging/setting.ts"
import { commentOf } from "../../meta/simulator/messaging/world.ts"
import { randomDigits } from "../../meta/simulator/random-id.ts"
import { perform } from "../../meta/simulator/state.ts"
import { underFault } from "../../meta/simulator/under-fault.ts"

/** `POST /{comment}/comments`: a public answer under a comment (META 6). */
export const comments = (setting: Setting) => {
  const { state, world } = setting
  const reply = forAccount(setting, (account, comment, request) =>
    underFault(
      state,
      answers,
      { refuse: 100, fail: 2 },
      Effect.gen(function* () {
        const body = yield* Effect.orElseSucceed(request.json, () => null)
        const text = textOf(objectOf(body)?.["message"])
        if ((yield* commentOf(world, account.id, comment)) === undefined) return answers.noSuchObject
        if (text === undefined) return answers.badParameter("message is required")
        const at = yield* Clock.currentTimeMillis
        const id = `${comment}_${yield* randomDigits("181", 17)}`
        yield* perform(state, { at, messageId: id, account: account.id, to: comment, type: "comment_reply", text })
        return json({ id })
      })
    )
  )
  return [HttpRouter.add("POST", "/:version(^v\\d+\\.\\d+$)/:id/comments", reply)]
}
