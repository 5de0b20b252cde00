import type { FailureReport } from "../domain/failure.ts"
import type { LogFields } from "./line.ts"

/** Returns the fields of a line that describe a failure. No text of the provider is among them. */
export const failureFields = (failure: FailureReport): LogFields => ({
  failureClass: failure.class,
  failureCode: failure.code,
  certainty: failure.certainty,
  ...(failure.unlisted === undefined ? {} : { unlisted: failure.unlisted }),
  ...(failure.providerStatus === undefined ? {} : { providerStatus: failure.providerStatus }),
  ...(failure.providerTraceId === undefined ? {} : { providerTraceId: failure.providerTraceId })
})
