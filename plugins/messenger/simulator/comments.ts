import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Schema from "effect/Schema"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { json } from "../../meta/simulator/answers.ts"
import { happening } from "../../meta/simulator/controls.ts"
import { accountOf, optional } from "../../meta/simulator/messaging/people.ts"
import { type Setting, answers, forAccount, webhook } from "../../meta/simulator/messaging/setting.ts"
import { change } from "../../meta/simulator/messaging/webhooks.ts"
import { commentOf, commentWritten } from "../../meta/simulator/messaging/world.ts"
import { randomDigits } from "../../meta/simulator/random-id.ts"
import { perform } from "../../meta/simulator/state.ts"
import { underFault } from "../../meta/simulator/under-fault.ts"

const Written = Schema.Struct({ from: Schema.NonEmptyString, text: Schema.String, id: optional, account: optional })

/**
 * Simulates comments under the page's posts: people write them, a `feed` change reports them, and the page answers in
 * public (META 6).
 */
export const comments = (setting: Setting) => {
  const { courier, dialect, state, world } = setting

  const written = Effect.fnUntraced(function* (comment: typeof Written.Type) {
    const at = yield* Clock.currentTimeMillis
    const account = accountOf(setting, comment.account)
    const post = `${account.id}_${yield* randomDigits("122", 17)}`
    const id = comment.id ?? `${post.split("_")[1] ?? ""}_${yield* randomDigits("180", 17)}`
    yield* commentWritten(world, account.id, id, comment.from, at)
    const value = {
      item: "comment",
      verb: "add",
      comment_id: id,
      post_id: post,
      from: { id: comment.from },
      message: comment.text,
      created_time: Math.floor(at / 1000)
    }
    return webhook(setting, account, "comment", id, change(dialect, account, { field: "feed", value, at, flat: false }))
  })

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
  return [
    happening("/_simulator/comments", Written, courier, written),
    HttpRouter.add("POST", "/:version(^v\\d+\\.\\d+$)/:id/comments", reply)
  ]
}
