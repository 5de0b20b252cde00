import { InfraError } from "../../src/domain/failure.ts"

/** The server's own word for why it refused: the first one of an error reply; `undefined` where no reply came. */
export const refusalCode = (error: unknown): string | undefined =>
  error instanceof Error && error.name === "ReplyError" ? error.message.split(" ", 1)[0] : undefined

/** Said before a script or command starts, and over by itself: a failover, a reshard, a start, a full disk. */
const passing = new Set([
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

/** Said before anything runs, until somebody changes something. */
const standing = new Set(["DENIED", "NOAUTH", "NOPERM", "NOPROTO", "WRONGPASS"])

/** The keys of a script were of several hash slots, and the store takes one a script. Nothing ran. */
export const takesOneSlot = ({ cause }: InfraError): boolean => refusalCode(cause) === "CROSSSLOT"

const neverWritten = "Stream isn't writeable and enableOfflineQueue options is false"

/** The connection is down, and the command was not handed to it. */
export const unavailable = (operation: string, cause?: unknown): InfraError =>
  new InfraError({
    code: "store_unavailable",
    operation,
    certainty: "not_applied",
    transient: true,
    ...(cause === undefined ? {} : { cause })
  })

/**
 * The script ran on the primary; that enough replicas have what it wrote is not known (G1). What it answered does not count:
 * a primary that takes over may have seen nothing of it.
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
 * What a failed command says about itself. `store_full`, `store_unstamped`, `store_damaged`, `store_refused`
 * and most of `store_unavailable` are `not_applied`; so is `store_unfinished` where an earlier script stopped half way, and not
 * this one (G46). An error inside a script (`store_error`), silence or a lost connection is `unknown`.
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
  if (passing.has(word)) return said("store_unavailable", true)
  if (standing.has(word)) return said("store_refused", false)
  return new InfraError({ code: "store_error", operation, certainty: "unknown", transient: false, cause: error })
}

/** A reply of another shape than the script gives: a defect of ours, or another release's script. */
export const unexpectedReply = (operation: string): InfraError =>
  new InfraError({ code: "store_reply", operation, certainty: "unknown", transient: false })

/** Above the part of its memory up to which it takes in more (G6); nothing was asked of it. */
export const full = (operation: string): InfraError =>
  new InfraError({ code: "store_full", operation, certainty: "not_applied", transient: true })
