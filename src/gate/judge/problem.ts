import type { Cause, Text } from "../words.ts"

/** Reason for which a record does not prove its subject. */
export interface RecordProblem {
  readonly cause: Cause
  readonly said: Text
}

export const recordProblem = (cause: Cause, en: string, pt: string): RecordProblem => ({ cause, said: { en, pt } })
