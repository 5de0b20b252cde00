import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { diagnosisOf } from "../../../explain/diagnosis.ts"
import { makeExplain } from "../../../explain/explain-id.ts"
import { CurrentClient } from "../../auth/api-keys.ts"
import { Api } from "../api.ts"
import { apiProblem, withStoreProblems } from "../problems.ts"

const unknownId = apiProblem({
  status: 404,
  code: "not_found",
  title: "The store knows nothing of this id: it never existed, or its mark is gone too; send an int_, evt_ or qua_ id"
})

export const layer = HttpApiBuilder.group(
  Api,
  "explain",
  Effect.fnUntraced(function* (handlers) {
    const explain = yield* makeExplain
    return handlers.handle("explain", ({ params: { id } }) =>
      Effect.gen(function* () {
        const { scopes } = yield* CurrentClient
        const found = yield* explain(id)
        return found === undefined ? yield* Effect.fail(unknownId) : diagnosisOf(found, scopes)
      }).pipe(withStoreProblems)
    )
  })
)
