import type { Consequence, DuplicateCode, Findings, RetryCode, WhyCode } from "./diagnosis.ts"

/** Findings about a state, without those that are the same for every intent. */
export type StateFindings = Pick<Findings, "sentence" | "why" | "duplicate" | "retry"> &
  Partial<Pick<Findings, "fault" | "consequence" | "next">>

export const whyFinding = (code: WhyCode, said: string): Findings["why"] => ({ code, said })

export const retryFinding = (code: RetryCode, said: string, at?: number): Findings["retry"] => ({
  code,
  said,
  ...(at === undefined ? {} : { at })
})

export const duplicateFinding = (code: DuplicateCode, said: string, attempts?: number): Findings["duplicate"] => ({
  code,
  said,
  ...(attempts === undefined ? {} : { attempts })
})

export const consequenceFinding = (code: Consequence["code"], said: string): Consequence => ({ code, said })
