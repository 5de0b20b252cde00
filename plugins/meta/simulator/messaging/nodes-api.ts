import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { json } from "../answers.ts"
import { queryOf, tokenOf } from "./accounts.ts"
import { type Setting, answers, forAccount, isOwnNode } from "./setting.ts"

/** The app that gets the webhooks. */
const simulatedApp = "300000000000003"

/** What a probe asks (META 7). */
export const nodesApi = (setting: Setting) => {
  const { accounts, dialect, digest } = setting
  const utf8 = new TextEncoder()

  const node = forAccount(setting, (account, id) =>
    Effect.succeed(
      isOwnNode(account, id)
        ? json(dialect.profile({ ...account, self: id === "me" ? account.self : id }))
        : answers.noSuchObject
    )
  )

  const subscribedApps = forAccount(setting, (account, id) =>
    Effect.succeed(isOwnNode(account, id) ? json({ data: [{ id: simulatedApp }] }) : answers.noSuchObject)
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
    HttpRouter.add("GET", "/:version(^v\\d+\\.\\d+$)/:id", node)
  )
}
