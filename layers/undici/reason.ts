import type { NotSent } from "../../src/connector/provider-http.ts"

const words: Readonly<Record<string, NotSent["reason"]>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "dns",
  ETIMEDOUT: "connect_timeout",
  UND_ERR_CONNECT_TIMEOUT: "connect_timeout",
  UND_ERR_INVALID_ARG: "invalid",
  UND_ERR_NOT_SUPPORTED: "invalid",
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: "invalid",
  EPROTO: "tls"
}

/**
 * Returns the code of an error of undici, TLS or the operating system. Their messages and fields may quote the peer;
 * the code does not.
 */
export const reasonCode = (error: unknown): string =>
  error instanceof Error ? ("code" in error && typeof error.code === "string" ? error.code : error.name) : "unknown"

/** Returns the reason why nothing was sent. */
export const reasonOf = (code: string): NotSent["reason"] => {
  const known = words[code]
  if (known !== undefined) return known
  if (code.startsWith("EAI_")) return "dns"
  if (code.startsWith("UND_ERR_") || /^E[A-Z0-9]+$/.test(code)) return "network"
  return "tls"
}
