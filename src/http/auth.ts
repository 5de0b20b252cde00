import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Log } from "../log/log.ts"
import { Auth } from "./api/bearer.ts"
import { ApiKeys, CurrentClient, type Scope } from "./api-keys.ts"
import { type PlainResponse, problem } from "./plain-response.ts"
import { respond } from "./respond.ts"

export const unauthorized = problem({
  status: 401,
  code: "unauthorized",
  title: "A known key is needed: Authorization: Bearer <key>",
  headers: { "www-authenticate": "Bearer" }
})

export const forbidden = (scope: Scope) =>
  problem({ status: 403, code: "forbidden", title: `This key lacks the scope ${scope}`, extra: { scope } })

export const layer = Layer.effect(
  Auth,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const log = yield* Log
    return Auth.of({
      bearer: (handler, { credential }) => {
        const client = keys.clientOf(Redacted.value(credential))
        if (client !== undefined) return Effect.provideService(handler, CurrentClient, client)
        log.write("warn", "api.refused", { httpStatus: 401 })
        return Effect.succeed(respond(unauthorized))
      }
    })
  })
)

/** Goes on where the client has the scope; else answers why not. */
export const withScope = <A, E, R>(
  scope: Scope,
  handler: Effect.Effect<A, E, R>
): Effect.Effect<A | PlainResponse, E, R | CurrentClient> =>
  Effect.flatMap(CurrentClient, (client): Effect.Effect<A | PlainResponse, E, R> =>
    client.scopes.includes(scope) ? handler : Effect.succeed(forbidden(scope))
  )
