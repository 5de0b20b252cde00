import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { Simulate } from "../../../../src/connector/simulator.ts"
import { json } from "../answers.ts"
import { controls } from "../controls.ts"
import { makeCourier } from "../deliver.ts"
import { effectsOf, writing } from "../observe.ts"
import { isSubscribed } from "../post-office.ts"
import { makeState } from "../state.ts"
import { messagesApi } from "./messages-api.ts"
import { accountsOf, answers, type Dialect, forAccount, isOwnNode, queryOf, type Setting, tokenOf } from "./setting.ts"
import { people, written } from "./webhooks.ts"
import { makeWorld } from "./world.ts"

/** The app that receives the webhooks. */
const simulatedApp = "300000000000003"

/** Serves the requests of a probe, and the renewed subscription of an app (META 1.4, 7). */
const nodesApi = (setting: Setting) => {
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

/**
 * The provider drops a webhook after 36 hours. It unsubscribes an app from the account that fails for an hour (META
 * 1.3).
 */
const patience = { drops: 36 * 3_600_000, unsubscribes: 3_600_000 }

type Routes = Layer.Layer<never, never, HttpRouter.HttpRouter>

/** Simulates a provider of messages in one dialect, with the channel's other routes. */
export const simulateMessaging = (
  dialect: Dialect,
  beside: (setting: Setting) => ReadonlyArray<Routes> = () => []
): Simulate =>
  Effect.fnUntraced(function* (options) {
    const scope = yield* Scope.Scope
    const state = yield* makeState
    const courier = makeCourier(options.webhookUrl, yield* HttpClient.HttpClient, state, scope, patience)
    const setting: Setting = {
      dialect,
      accounts: accountsOf(options, dialect.describe),
      state,
      world: yield* makeWorld,
      courier,
      scope,
      digest: options.digest
    }
    return {
      routes: Layer.mergeAll(
        messagesApi(setting),
        nodesApi(setting),
        controls(state, courier, options.digest),
        ...people(setting),
        ...beside(setting)
      ),
      customerWrites: writing(courier, written(setting)),
      effects: effectsOf(state)
    }
  })
