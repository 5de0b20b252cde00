import type { ErrorRow } from "../../src/connector/error-table.ts"
import type { Pauses, Wait } from "../../src/domain/pause.ts"

interface Options {
  readonly pauses?: Pauses
  readonly transient?: boolean
}

type MakeRow = (code: number | string, meaning: string, options?: Options) => ErrorRow

/**
 * Pauses the account for a fault of the credential, its permissions or the account's setup. An operator must correct
 * it.
 */
export const auth = { pauses: { of: "account", why: "auth" } } as const
/** Pauses the account that was restricted for its messages: further attempts make it worse. */
export const policy = { pauses: { of: "account", why: "policy" } } as const

/** Pauses the account for a time in seconds. The sources give none, except where a row says so. */
export const throttled = (wait: Wait) => ({ pauses: { of: "account", why: "throttled", wait } }) as const
/** The provider rejected the call before it acted, and the account has to wait. */
export const later = (wait: Wait) => ({ ...throttled(wait), transient: true }) as const

/** Wait after a limit of calls per hour. */
export const hourly: Wait = { first: 60, factor: 2, most: 3_600 }

/**
 * Returns makers of rows with one source. `transient` is false wherever the certainty is `unknown`: such an intent is
 * not retried.
 */
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
    /** The provider refused before it acted. */
    refused: row({ class: "provider", certainty: "not_applied" }),
    /** The provider refused because the request itself is wrong. */
    payload: row({ class: "payload", certainty: "not_applied" }),
    /** The provider may have acted although it answered an error. */
    unknown: row({ class: "provider", certainty: "unknown" })
  }
}
