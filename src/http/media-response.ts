import { type Failure, type Issue, report } from "../domain/failure.ts"
import { hiddenFailure } from "./explained.ts"
import { type PlainResponse, problem, retryAfter, tooBusy } from "./plain-response.ts"

export const noAccount = problem({
  status: 400,
  code: "no_account",
  title: "The query must name a connector and an account"
})
export const noLength = problem({
  status: 411,
  code: "length_required",
  title: "Content-Length must say how many bytes follow"
})
export const tooLarge = (bytes: number): PlainResponse =>
  problem({ status: 413, code: "too_large", title: `No medium of this connector is larger than ${bytes} bytes` })
export const noMedia = problem({ status: 404, code: "no_media", title: "This connector keeps no media" })
export const noSuchMedium = problem({ status: 404, code: "not_found", title: "The provider has no such medium" })
export const tooManyMedia = tooBusy

export const wrongMedium = (issues: ReadonlyArray<Issue>): PlainResponse =>
  problem({
    status: 422,
    code: "invalid_request",
    title: "The request is wrong",
    detail: "the provider would not take this medium",
    extra: { errors: issues }
  })

/** A try again is always safe: at worst the provider keeps a medium that no message refers to. */
export const failedMedium = (failure: Failure): PlainResponse => {
  const { code, detail } = report(failure)
  const extra = { failure: hiddenFailure(report(failure)) }
  switch (failure._tag) {
    case "PayloadError":
      return problem({ status: 422, code, title: "The provider calls the request wrong", detail, extra })
    case "InfraError":
      return problem({
        status: 503,
        code,
        title: "The provider was not reached",
        detail,
        extra,
        headers: retryAfter(1_000)
      })
    case "ProviderError":
      return problem({
        status: 502,
        code,
        title: "The provider refused, or did not say what became of it",
        detail,
        extra,
        ...(failure.retryAfter === undefined ? {} : { headers: retryAfter(failure.retryAfter * 1_000) })
      })
  }
}
