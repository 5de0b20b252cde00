import type { Explanation } from "../../domain/explanation.ts"
import type { FailureReport } from "../../domain/failure.ts"
import { Personal } from "../../domain/personal.ts"

type Without<A> = Omit<A, "explanation">

/** A failure as its authorised caller sees it: with the provider's own words. */
export type ShownFailure = Without<FailureReport> & { readonly explanation?: Explanation }

export const shownFailure = ({ explanation, ...failure }: FailureReport): ShownFailure =>
  explanation === undefined ? failure : { ...failure, explanation: Personal.open(explanation).said }

/** A failure without the provider's own words. */
export const hiddenFailure = ({ explanation: _, ...failure }: FailureReport): Without<FailureReport> => failure

interface Failed {
  readonly failure?: FailureReport
}

/** Shows the provider's own words, to the caller of an intent and to who may read it. */
export const shown = <A extends Failed>({ failure, ...rest }: A) => ({
  ...rest,
  ...(failure === undefined ? {} : { failure: shownFailure(failure) })
})

/** Leaves the provider's own words out. */
export const hidden = <A extends Failed>({ failure, ...rest }: A) => ({
  ...rest,
  ...(failure === undefined ? {} : { failure: hiddenFailure(failure) })
})
