import { InfraError } from "../../../src/domain/failure.ts"
import { refusalCode } from "../failure.ts"
import { isTlsError } from "./tls.ts"

/** Names a connection that failed without an error. */
export const unanswered = "no answer"

/** Returns one word for the reason why a connection failed. */
export const errorCode = (error: unknown): string => {
  const word = refusalCode(error)
  if (word !== undefined) return word
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : unanswered
}

const login = { code: "store_login" } as const
const unresolved = { code: "store_unresolved" } as const
const closed = { code: "store_closed" } as const
const announcedOnly = { code: "store_announced" } as const
const other = { code: "store_unavailable" } as const

/** The failure code for each word of the server, of Node or of its resolver. */
const reasons: Readonly<Record<string, { readonly code: string }>> = {
  NOAUTH: login,
  WRONGPASS: login,
  NOPERM: login,
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  EPIPE: closed,
  ECONNRESET: closed,
  ERR: closed
}

/**
 * Returns the failure of a connection that could not be made. When TLS failed, the failure keeps nothing of the error,
 * because its text and its fields quote the certificate. `announced` is true when the address came from another node of
 * the cluster.
 */
export const unconnected = (
  address: string,
  cause: unknown,
  word = errorCode(cause),
  announced = false
): InfraError => {
  const at = `connect to the store at ${address}`
  if (!isTlsError(word)) {
    const reason = reasons[word] ?? other
    const { code } = announced && reason !== login ? announcedOnly : reason
    return new InfraError({ code, operation: `${at} (${word})`, certainty: "not_applied", transient: true, cause })
  }
  return new InfraError({
    code: "store_tls",
    operation: `${at} (TLS: ${word})`,
    certainty: "not_applied",
    transient: true
  })
}
