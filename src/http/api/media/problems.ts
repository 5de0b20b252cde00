import { type Failure, type Issue, failureReport } from "../../../domain/failure.ts"
import { hiddenFailure } from "../../server/explained.ts"
import { apiProblem } from "../problems.ts"
import { retryAfter } from "../../server/response.ts"

export const noAccount = apiProblem({
  status: 400,
  code: "no_account",
  title: "The query must name a connector and an account"
})
export const noLength = apiProblem({
  status: 411,
  code: "length_required",
  title: "Content-Length must say how many bytes follow"
})
export const mediumTooLarge = (bytes: number) =>
  apiProblem({ status: 413, code: "too_large", title: `No medium of this connector is larger than ${bytes} bytes` })
export const noMedia = apiProblem({ status: 404, code: "no_media", title: "This connector keeps no media" })
export const noSuchMedium = apiProblem({ status: 404, code: "not_found", title: "The provider has no such medium" })
export const tooManyMedia = apiProblem({
  status: 503,
  code: "too_many_at_once",
  title: "Too many requests at once",
  headers: retryAfter(1_000)
})

export const wrongMedium = (issues: ReadonlyArray<Issue>) =>
  apiProblem({
    status: 422,
    code: "invalid_request",
    title: "The request is wrong",
    detail: "the provider would not take this medium",
    extra: { errors: issues }
  })

/**
 * Returns the problem for a failed media call. A retry is always safe: at worst the provider keeps a medium that no message
 * refers to.
 */
export const failedMedium = (failure: Failure) => {
  const { code, detail } = failureReport(failure)
  const extra = { failure: hiddenFailure(failureReport(failure)) }
  switch (failure._tag) {
    case "PayloadError":
      return apiProblem({ status: 422, code, title: "The provider calls the request wrong", detail, extra })
    case "InfraError":
      return apiProblem({
        status: 503,
        code,
        title: "The provider was not reached",
        detail,
        extra,
        headers: retryAfter(1_000)
      })
    case "ProviderError":
      return apiProblem({
        status: 502,
        code,
        title: "The provider refused, or did not say what became of it",
        detail,
        extra,
        ...(failure.retryAfter === undefined ? {} : { headers: retryAfter(failure.retryAfter * 1_000) })
      })
  }
}
