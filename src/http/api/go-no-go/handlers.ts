import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { GoNoGo, type VerdictFailure } from "../../../readiness/go-no-go.ts"
import { retryAfter } from "../../server/response.ts"
import { Api } from "../api.ts"
import { queryTimeOf } from "../page.ts"
import { type ApiProblem, apiProblem, storeAwayProblem } from "../problems.ts"

const badTime = apiProblem({
  status: 400,
  code: "invalid_time",
  title: "at is invalid; send milliseconds since the epoch, or an ISO 8601 time"
})

const titles = {
  no_verdict: "Production judges no evidence; ask the gateway of staging",
  no_recorder: "This gateway records nothing; set readiness.recorder in staging"
}

const problemFor = (failed: VerdictFailure): ApiProblem<404> | ApiProblem<503> => {
  switch (failed._tag) {
    case "NoVerdict":
      return apiProblem({ status: 404, code: failed.code, title: titles[failed.code] })
    case "TrustRefused":
      return apiProblem({
        status: 503,
        code: "trust_refused",
        title: "The trust file is refused; correct it, then send the request again",
        extra: { detail: failed.message },
        headers: retryAfter(60_000)
      })
    case "InfraError":
      return storeAwayProblem(failed)
  }
}

export const layer = HttpApiBuilder.group(
  Api,
  "goNoGo",
  Effect.fnUntraced(function* (handlers) {
    const { judge, exported } = yield* GoNoGo
    return handlers
      .handle("judge", ({ query: { at } }) =>
        Effect.gen(function* () {
          const time = at === undefined ? undefined : yield* Effect.fromResult(queryTimeOf(at, badTime))
          return yield* Effect.mapError(judge(time), problemFor)
        })
      )
      .handle("exportEvidence", () => Effect.mapError(exported, problemFor))
  })
)
