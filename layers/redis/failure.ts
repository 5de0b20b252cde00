import { InfraError } from "../../src/domain/failure.ts"

/**
 * Returns the first word of an error reply, which is the server's code for the refusal. Returns `undefined` when no
 * reply arrived.
 */
export const refusalCode = (error: unknown): string | undefined =>
  error instanceof Error && error.name === "ReplyError" ? error.message.split(" ", 1)[0] : undefined

/**
 * Lists the codes of a refusal before a script or command begins that ends by itself: a failover, a reshard, a start, a
 * full disk.
 */
const passingCodes = new Set([
  "ASK",
  "BUSY",
  "CLUSTERDOWN",
  "CROSSSLOT",
  "LOADING",
  "MASTERDOWN",
  "MISCONF",
  "MOVED",
  "NOREPLICAS",
  "NOSCRIPT",
  "READONLY",
  "TRYAGAIN"
])

/** Lists the codes of a refusal before anything runs that lasts until an operator changes something. */
const lastingCodes = new Set(["DENIED", "NOAUTH", "NOPERM", "NOPROTO", "WRONGPASS"])

/**
 * Returns true when the keys of a script were of several hash slots and the store accepts one a script. Nothing ran.
 */
export const takesOneSlot = ({ cause }: InfraError): boolean => refusalCode(cause) === "CROSSSLOT"

const neverWritten = "Stream isn't writeable and enableOfflineQueue options is false"

/** Returns the failure of a command that was not sent, because the connection is down. */
export const unavailable = (operation: string, cause?: unknown): InfraError =>
  new InfraError({
    code: "store_unavailable",
    operation,
    certainty: "not_applied",
    transient: true,
    ...(cause === undefined ? {} : { cause })
  })

/**
 * Returns the failure of a script that ran on the primary without enough acknowledgements of replicas (G1). Its reply
 * does not count: a primary that takes over may have seen nothing of it.
 */
export const notReplicated = (operation: string, cause?: unknown): InfraError =>
  new InfraError({
    code: "store_not_replicated",
    operation,
    certainty: "unknown",
    transient: true,
    ...(cause === undefined ? {} : { cause })
  })

/**
 * Converts the error of a command, with its certainty.
 *
 * `store_full`, `store_unstamped`, `store_damaged`, `store_refused` and most of `store_unavailable` are `not_applied`.
 * So is `store_unfinished` when an earlier script stopped half way, and not this one (G46). An error inside a script
 * (`store_error`), a missing reply or a lost connection is `unknown`.
 */
export const toInfraError = (operation: string, error: unknown): InfraError => {
  if (error instanceof InfraError) return error
  const word = refusalCode(error)
  if (word === undefined) {
    if (error instanceof Error && error.message === neverWritten) return unavailable(operation, error)
    return new InfraError({ code: "store_unavailable", operation, certainty: "unknown", transient: true, cause: error })
  }
  const said = (code: string, transient: boolean) =>
    new InfraError({ code, operation, certainty: "not_applied", transient, cause: error })
  if (word === "OOM") return said("store_full", true)
  if (word === "STAMP") return said("store_unstamped", false)
  if (word === "DAMAGED") return said("store_damaged", true)
  if (word === "BEHIND") return said("store_unfinished", true)
  if (word === "UNFINISHED") {
    return new InfraError({ code: "store_unfinished", operation, certainty: "unknown", transient: true, cause: error })
  }
  if (passingCodes.has(word)) return said("store_unavailable", true)
  if (lastingCodes.has(word)) return said("store_refused", false)
  return new InfraError({ code: "store_error", operation, certainty: "unknown", transient: false, cause: error })
}

/**
 * Returns the failure of a reply whose shape the script does not produce: a defect of this program, or a script of
 * another release.
 */
export const unexpectedReply = (operation: string): InfraError =>
  new InfraError({ code: "store_reply", operation, certainty: "unknown", transient: false })

/**
 * Returns the failure of a write that was not sent, because the store has used the part of its memory up to which it
 * accepts more (G6).
 */
export const full = (operation: string): InfraError =>
  new InfraError({ code: "store_full", operation, certainty: "not_applied", transient: true })

/** Returns the failure of a call about a record that no key of this gateway opens. */
export const unreadableRecord = (operation: string): InfraError =>
  new InfraError({ code: unreadableCode, operation, certainty: "not_applied", transient: false })

const unreadableCode = "unreadable"

export const isUnreadable = ({ code }: InfraError): boolean => code === unreadableCode
