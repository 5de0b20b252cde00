import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { json } from "../answers.ts"
import { isSubscribed } from "../post-office.ts"
import { queryOf, tokenOf } from "./accounts.ts"
import { type Setting, answers, forAccount, isOwnNode } from "./setting.ts"

/** The app that receives the webhooks. */
const simulatedApp = "300000000000003"

/** Serves the requests of a probe, and the renewed subscription of an app (META 1.4, 7). */
export const nodesApi = (setting: Setting) => {
  const { accounts, dialect, digest, state } = setting
  const utf8 = new TextEncoder()

  const node = forAccount(setting, (account, id) =>
    Effect.succeed(
      isOwnNode(account, id)
        ? json(dialect.profile({ ...account, self: id === "me" ? account.self : id }))
        : answers.noSuchObject
    )
  )

  const subscribedApps = forAccount(setting, (account, id) =>
    isOwnNode(account, id)
      ? Effect.map(isSubscribed(state.office, account.id), (told) => json({ data: told ? [{ id: simulatedApp }] : [] }))
      : Effect.succeed(answers.noSuchObject)
  )

  const subscribe = forAccount(setting, (account, id) =>
    isOwnNode(account, id)
      ? Effect.as(Ref.update(state.office.unsubscribed, HashSet.remove(account.id)), json({ success: true }))
      : Effect.succeed(answers.noSuchObject)
  )

  const debugToken = (request: HttpServerRequest) =>
    Effect.sync(() => {
      const [appId = "", ...secret] = tokenOf(request).split("|")
      const given = utf8.encode(secret.join("|"))
      if (!accounts.some(({ appSecret }) => digest.equals(given, utf8.encode(Redacted.value(appSecret))))) {
        return answers.badToken
      }
      const asked = queryOf(request).get("input_token") ?? ""
      const valid = accounts.some(({ holdsToken }) => holdsToken(asked))
      const scopes = valid ? { scopes: [...dialect.scopes] } : {}
      return json({ data: { app_id: appId, is_valid: valid, expires_at: 0, ...scopes } })
    })

  return Layer.mergeAll(
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/debug_token", debugToken),
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/:id/subscribed_apps", subscribedApps),
    HttpRouter.add("POST", "/:version(^v\\d+\\.\\d+$)/:id/subscribed_apps", subscribe),
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/:id", node)
  )
}
