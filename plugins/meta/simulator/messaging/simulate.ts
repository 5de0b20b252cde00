import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Simulate } from "../../../../src/connector/simulator.ts"
import { controls } from "../controls.ts"
import { makeCourier } from "../deliver.ts"
import { makeState } from "../state.ts"
import { effectsOf, writing } from "../watch.ts"
import { accountsOf } from "./accounts.ts"
import type { Dialect } from "./dialect.ts"
import { messagesApi } from "./messages-api.ts"
import { nodesApi } from "./nodes-api.ts"
import { people, written } from "./people.ts"
import type { Setting } from "./setting.ts"
import { makeWorld } from "./world.ts"

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
