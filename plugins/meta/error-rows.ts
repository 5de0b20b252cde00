import type { ErrorRow } from "../../src/connector/error-table.ts"
import type { Pauses, Wait } from "../../src/domain/pause.ts"

interface Options {
  readonly pauses?: Pauses
  readonly transient?: boolean
}

type MakeRow = (code: number | string, meaning: string, options?: Options) => ErrorRow

/** Trouble with the credential, its permissions or how the account is set up: somebody has to put it right. */
export const auth = { pauses: { of: "account", why: "auth" } } as const
/** The account is restricted for what it sent: trying on makes it worse. */
export const policy = { pauses: { of: "account", why: "policy" } } as const

/** The account has to wait. Seconds; the sources name none but where a row says so. */
export const throttled = (wait: Wait) => ({ pauses: { of: "account", why: "throttled", wait } }) as const
/** Rejected before anything was done, and the account has to wait. */
export const later = (wait: Wait) => ({ ...throttled(wait), transient: true }) as const

/** A limit of calls an hour. */
export const hourly: Wait = { first: 60, factor: 2, most: 3_600 }

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
