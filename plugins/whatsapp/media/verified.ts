import * as Stream from "effect/Stream"
import type { Digest } from "../../../src/connector/inbound.ts"
import { mediumIsOther } from "../../../src/connector/media.ts"
import { OutcomeUnknown, type OpenAnswer } from "../../../src/connector/provider-http.ts"

/** The provider's description of a medium's bytes (META 3.3). */
export interface Described {
  readonly type: string
  readonly length?: number
  /** SHA-256 in lower-case hex. */
  readonly hash?: string
}

const essence = (type: string) =>
  type
    .replace(/\s*;.*$/s, "")
    .trim()
    .toLowerCase()

/** Types that a server sends when it does not state the type. */
const untold: ReadonlySet<string> = new Set(["", "application/octet-stream", "binary/octet-stream"])

/** Returns true when the head of an answer states another type or another length than described. */
export const isOther = ({ type, length }: Described, headers: OpenAnswer["headers"]): boolean => {
  const told = essence(headers["content-type"] ?? "")
  const size = headers["content-length"]
  if (!untold.has(told) && told !== essence(type)) return true
  return length !== undefined && size !== undefined && Number(size) !== length
}

const nothing = new Uint8Array()

/**
 * Passes the bytes on, and fails when they differ from the provider's description. The last piece comes after the
 * comparison, so that a wrong medium never arrives whole.
 */
export const verified = (
  { length, hash }: Described,
  { status, body }: Pick<OpenAnswer, "status" | "body">,
  digest: Digest
): OpenAnswer["body"] =>
  Stream.suspend(() => {
    const sum = digest.sha256()
    let count = 0
    let held: Uint8Array = nothing
    const passed = Stream.map(body, (piece) => {
      const before = held
      sum.add(piece)
      count += piece.length
      held = piece
      return before
    })
    const last = Stream.suspend(() => {
      const same = (length === undefined || count === length) && (hash === undefined || sum.hex() === hash)
      if (same) return Stream.make(held)
      return Stream.fail(new OutcomeUnknown({ reason: "truncated", status, cause: mediumIsOther }))
    })
    return Stream.concat(passed, last)
  })
