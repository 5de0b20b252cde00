import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Log } from "../../log/log.ts"
import { Auth, RequiredScope } from "./contract.ts"
import { apiProblem } from "../api/problems.ts"
import { ApiKeys, CurrentClient, type KeyScope } from "./api-keys.ts"

export const unauthorized = apiProblem({
  status: 401,
  code: "unauthorized",
  title: "The API key is missing or unknown; send Authorization: Bearer <key>",
  headers: { "www-authenticate": "Bearer" }
})

export const forbidden = (scope: KeyScope) =>
  apiProblem({
    status: 403,
    code: "forbidden",
    title: `The API key lacks the scope ${scope}; use a key that has it`,
    extra: { scope }
  })

export const layer = Layer.effect(
  Auth,
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const log = yield* Log
    return Auth.of({
      bearer: (handler, { credential, endpoint }) => {
        const client = keys.clientOf(Redacted.value(credential))
        if (client === undefined) {
          log.write("warn", "api.refused", { httpStatus: 401 })
          return Effect.fail(unauthorized)
        }
        const scope = Context.get(endpoint.annotations, RequiredScope)
        return client.scopes.includes(scope)
          ? Effect.provideService(handler, CurrentClient, client)
          : Effect.fail(forbidden(scope))
      }
    })
  })
)
