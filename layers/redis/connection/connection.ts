import type * as Effect from "effect/Effect"
import type * as SubscriptionRef from "effect/SubscriptionRef"
import { InfraError } from "../../../src/domain/failure.ts"
import { refusal } from "../failure.ts"
import type { Call } from "./call.ts"
import type { Primary } from "./primary.ts"
import { isOfTls } from "./tls.ts"

/** `up`: every primary that holds a part of the store is connected. */
export type Status = "up" | "down"

/** The way to the store, wherever it is. */
export interface Connection {
  readonly run: (call: Call) => Effect.Effect<unknown, InfraError>
  readonly command: (name: string, args: ReadonlyArray<string | number>) => Effect.Effect<unknown, InfraError>
  /** Those that hold a part of the store now. */
  readonly primaries: () => ReadonlyArray<Primary>
  /** The one that holds a key. `undefined` while its slot has no owner. */
  readonly ownerOf: (key: string) => Primary | undefined
  readonly status: SubscriptionRef.SubscriptionRef<Status>
  readonly failovers: SubscriptionRef.SubscriptionRef<number>
}

/** Nobody said why. */
export const unanswered = "no answer"

/** One word on why a connection could not be made. */
export const errorCode = (error: unknown): string => {
  const word = refusal(error)
  if (word !== undefined) return word
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : unanswered
}

const login = { code: "store_login" } as const
const unresolved = { code: "store_unresolved" } as const
const closed = { code: "store_closed" } as const
const announcedOnly = { code: "store_announced" } as const
const other = { code: "store_unavailable" } as const

/** Why a connection could not be made, by the word of the server, of Node or of its resolver. */
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
 * What a connection that could not be made at the start says. Where TLS failed it says so, and keeps nothing of the
 * error: its text and its fields quote the certificate. `announced`: the address came from another node of the cluster.
 */
export const unconnected = (
  address: string,
  cause: unknown,
  word = errorCode(cause),
  announced = false
): InfraError => {
  const at = `connect to the store at ${address}`
  if (!isOfTls(word)) {
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
