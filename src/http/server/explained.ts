import type { Explanation } from "../../domain/explanation.ts"
import type { FailureReport } from "../../domain/failure.ts"
import { Personal } from "../../domain/personal.ts"

type Without<A> = Omit<A, "explanation">

/** A failure as an authorised caller receives it: with the provider's own words. */
export type ShownFailure = Without<FailureReport> & { readonly explanation?: Explanation }

/** Returns the failure with the provider's own words as plain text. */
export const shownFailure = ({ explanation, ...failure }: FailureReport): ShownFailure =>
  explanation === undefined ? failure : { ...failure, explanation: Personal.open(explanation).said }

/** Returns the failure without the provider's own words. */
export const hiddenFailure = ({ explanation: _, ...failure }: FailureReport): Without<FailureReport> => failure

interface Failed {
  readonly failure?: FailureReport
}

/** Returns a result with the provider's own words: for the caller of an intent and for clients that may read it. */
export const shown = <A extends Failed>({ failure, ...rest }: A) => ({
  ...rest,
  ...(failure === undefined ? {} : { failure: shownFailure(failure) })
})

/** Returns a result without the provider's own words. */
export const hidden = <A extends Failed>({ failure, ...rest }: A) => ({
  ...rest,
  ...(failure === undefined ? {} : { failure: hiddenFailure(failure) })
})
