import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as HttpRouter from "effect/http/HttpRouter"
import { json, underFault } from "../../meta/simulator/answers.ts"
import { happening } from "../../meta/simulator/controls.ts"
import {
  answers,
  forAccount,
  queryOf,
  type Setting,
  type SimulatedAccount,
  webhook
} from "../../meta/simulator/messaging/setting.ts"
import { accountOf, change, optional } from "../../meta/simulator/messaging/webhooks.ts"
import { changeComment, commentOf, commentWritten, deleteComment } from "../../meta/simulator/messaging/world.ts"
import { randomDigits } from "../../meta/simulator/random-id.ts"
import { perform } from "../../meta/simulator/state.ts"

/** Name of every simulated account. */
export const username = "simulated.shop"

const Written = Schema.Struct({
  from: Schema.NonEmptyString,
  text: Schema.String,
  id: optional,
  username: optional,
  account: optional,
  /** Form of the provider's webhook: a list of changes, or flat in the entry. */
  form: Schema.optionalKey(Schema.Literals(["changes", "flat"]))
})

const media = { id: "17900000000000001", media_product_type: "FEED" }
const codes = { refuse: 100, fail: 2 }
/** Formats a time as the provider does: `2026-05-28T20:26:41+0000`. */
const stamp = (at: number) => `${DateTime.formatIso(DateTime.makeUnsafe(at)).slice(0, 19)}+0000`

/**
 * Simulates comments under the account's media: people write them, the account answers, reads and hides them (META
 * 5.3).
 */
export const comments = (setting: Setting) => {
  const { courier, dialect, scope, state, world } = setting

  const told = (
    account: SimulatedAccount,
    id: string,
    from: { id: string; username: string },
    text: string,
    at: number,
    flat: boolean
  ) => change(dialect, account, { field: "comments", value: { id, from, text, media }, at, flat })

  const written = Effect.fnUntraced(function* (comment: typeof Written.Type) {
    const at = yield* Clock.currentTimeMillis
    const id = comment.id ?? (yield* randomDigits("180", 17))
    const account = accountOf(setting, comment.account)
    yield* commentWritten(world, account.id, id, comment.from, at)
    const from = { id: comment.from, username: comment.username ?? "ada" }
    return webhook(setting, account, "comment", id, told(account, id, from, comment.text, at, comment.form === "flat"))
  })

  const reply = Effect.fnUntraced(function* (account: SimulatedAccount, comment: string, text: string) {
    const found = yield* commentOf(world, account.id, comment)
    if (found === undefined) return answers.noSuchObject
    if (text === "" || found.hidden) return answers.badParameter("message is required, and the comment must be shown")
    const at = yield* Clock.currentTimeMillis
    const id = yield* randomDigits("181", 17)
    const replies = [...found.replies, { id, text, at, username }]
    yield* changeComment(world, account.id, comment, (before) => ({ ...before, replies }))
    yield* perform(state, { at, messageId: id, account: account.id, to: comment, type: "comment_reply", text })
    const own = told(account, id, { id: account.id, username }, text, at, false)
    yield* Effect.forkIn(courier.deliver(webhook(setting, account, "echo.comment", id, own)), scope)
    return json({ id })
  })

  const hide = Effect.fnUntraced(function* (account: SimulatedAccount, comment: string, wish: string | null) {
    if ((yield* commentOf(world, account.id, comment)) === undefined) return answers.noSuchObject
    if (wish !== "true" && wish !== "false") return answers.badParameter("hide is required")
    const at = yield* Clock.currentTimeMillis
    yield* changeComment(world, account.id, comment, (before) => ({ ...before, hidden: wish === "true" }))
    yield* perform(state, { at, messageId: "", account: account.id, to: comment, type: "comment_hide", text: wish })
    return json({ success: true })
  })

  const remove = Effect.fnUntraced(function* (account: SimulatedAccount, comment: string) {
    if ((yield* commentOf(world, account.id, comment)) === undefined) return answers.noSuchObject
    const at = yield* Clock.currentTimeMillis
    yield* deleteComment(world, account.id, comment)
    yield* perform(state, { at, messageId: "", account: account.id, to: comment, type: "comment_delete", text: "" })
    return json({ success: true })
  })

  const replies = Effect.fnUntraced(function* (account: SimulatedAccount, comment: string) {
    const found = yield* commentOf(world, account.id, comment)
    if (found === undefined) return answers.noSuchObject
    const data = found.replies.map(({ id, text, at, username: by }) => ({
      id,
      text,
      timestamp: stamp(at),
      username: by
    }))
    return json({ data, paging: {} })
  })

  const post = (
    path: "/:version(^v\\d+\\.\\d+$)/:id" | "/:version(^v\\d+\\.\\d+$)/:id/replies",
    act: (account: SimulatedAccount, id: string, query: URLSearchParams) => ReturnType<typeof reply>
  ) =>
    HttpRouter.add(
      "POST",
      path,
      forAccount(setting, (account, id, request) =>
        underFault(state, answers, codes, act(account, id, queryOf(request)))
      )
    )

  return [
    happening("/_simulator/comments", Written, courier, written),
    post("/:version(^v\\d+\\.\\d+$)/:id/replies", (account, id, query) =>
      reply(account, id, query.get("message") ?? "")
    ),
    post("/:version(^v\\d+\\.\\d+$)/:id", (account, id, query) => hide(account, id, query.get("hide"))),
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/:id/replies", forAccount(setting, replies)),
    HttpRouter.add(
      "DELETE",
      "/:version(^v\\d+\\.\\d+$)/:id",
      forAccount(setting, (account, id) => underFault(state, answers, codes, remove(account, id)))
    )
  ]
}
