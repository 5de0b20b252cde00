import { type Failure, type Issue, failureReport } from "../../../domain/failure.ts"
import { hiddenFailure } from "../../server/explained.ts"
import { apiProblem } from "../problems.ts"
import { retryAfter } from "../../server/response.ts"

export const noAccount = apiProblem({
  status: 400,
  code: "no_account",
  title: "The query names no connector or no account; add both"
})
export const noLength = apiProblem({
  status: 411,
  code: "length_required",
  title: "Content-Length is missing or invalid; send the size of the medium in bytes"
})
export const mediumTooLarge = (bytes: number) =>
  apiProblem({
    status: 413,
    code: "too_large",
    title: `The medium is too large; this connector accepts at most ${bytes} bytes`
  })
export const noMedia = apiProblem({ status: 404, code: "no_media", title: "This connector does not offer media" })
export const noSuchMedium = apiProblem({
  status: 404,
  code: "not_found",
  title: "The provider has no medium of this id, or no longer; check the id"
})
export const tooManyMedia = apiProblem({
  status: 503,
  code: "too_many_at_once",
  title: "Too many requests are under way; send this one again after Retry-After",
  headers: retryAfter(1_000)
})

export const wrongMedium = (issues: ReadonlyArray<Issue>) =>
  apiProblem({
    status: 422,
    code: "invalid_request",
    title: "The request is invalid; detail and errors say what to correct",
    detail: "the provider does not accept a medium of this type or size",
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
      return apiProblem({
        status: 422,
        code,
        title: "The provider rejected the request as invalid; detail says why",
        detail,
        extra
      })
    case "InfraError":
      return apiProblem({
        status: 503,
        code,
        title: "The provider was not reached; send the request again after Retry-After",
        detail,
        extra,
        headers: retryAfter(1_000)
      })
    case "ProviderError":
      return apiProblem({
        status: 502,
        code,
        title: "The provider refused the call, or did not report its outcome; a repeated request is safe",
        detail,
        extra,
        ...(failure.retryAfter === undefined ? {} : { headers: retryAfter(failure.retryAfter * 1_000) })
      })
  }
}
