import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpRouter from "effect/http/HttpRouter"
import type { Simulate } from "../../../src/connector/simulator.ts"
import { codePoints } from "../../meta/input-schema.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { json, underFault } from "../../meta/simulator/answers.ts"
import { happening } from "../../meta/simulator/controls.ts"
import { answers, forAccount, type Setting, webhook } from "../../meta/simulator/messaging/setting.ts"
import { simulateMessaging } from "../../meta/simulator/messaging/simulate.ts"
import { accountOf, change, optional } from "../../meta/simulator/messaging/webhooks.ts"
import { commentOf, commentWritten } from "../../meta/simulator/messaging/world.ts"
import { randomDigits } from "../../meta/simulator/random-id.ts"
import { perform } from "../../meta/simulator/state.ts"

const Written = Schema.Struct({ from: Schema.NonEmptyString, text: Schema.String, id: optional, account: optional })

/**
 * Simulates comments under the page's posts: people write them, a `feed` change reports them, and the page answers in
 * public (META 6).
 */
const comments = (setting: Setting) => {
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

/** Simulates a page: it accepts messages, returns their metadata in echoes, and reports their delivery (META 5.4, 6). */
export const simulate: Simulate = simulateMessaging(
  {
    object: "page",
    describe: ({ pageId = "" }) => ({ id: pageId, self: pageId }),
    profile: ({ id }) => ({ id, name: "Simulated page" }),
    fits: (text) => codePoints(text) <= 2000,
    scopes: ["pages_messaging", "pages_manage_metadata"],
    echoesMetadata: true,
    tellsDelivery: true,
    windowClosed: {
      status: 400,
      code: 10,
      subcode: 2_018_278,
      details: "a mensagem foi enviada fora do período permitido"
    },
    answeredBefore: { status: 400, code: 10_900, details: "não é possível responder a este comentário" },
    failsWith: 2
  },
  comments
)
