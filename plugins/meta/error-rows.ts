import type { ErrorRow } from "../../src/connector/error-table.ts"
import type { Pauses } from "../../src/domain/failure.ts"

interface Options {
  readonly pauses?: Pauses
  readonly transient?: boolean
}

type MakeRow = (code: number | string, meaning: string, options?: Options) => ErrorRow

/** Rows of one source. `transient` is false wherever the certainty is `unknown`: such an intent is not tried again. */
export const rowsOf = (
  source: string
): { readonly refused: MakeRow; readonly payload: MakeRow; readonly unknown: MakeRow } => {
  const row =
    (kind: Pick<ErrorRow, "class" | "certainty">): MakeRow =>
    (code, meaning, { pauses = "nothing", transient = false } = {}) => ({
      code: String(code),
      ...kind,
      transient,
      pauses,
      meaning,
      source
    })
  return {
    /** The provider refused before doing anything. */
    refused: row({ class: "provider", certainty: "not_applied" }),
    /** The provider refused because the request itself is wrong. */
    payload: row({ class: "payload", certainty: "not_applied" }),
    /** The provider may have acted although it answered an error. */
    unknown: row({ class: "provider", certainty: "unknown" })
  }
}
