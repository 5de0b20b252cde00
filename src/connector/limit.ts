/**
 * Rate limit: one intent per `every` milliseconds, and up to `burst` at once, which borrow from later ones. All replicas share
 * it, and the store's clock counts it (G25).
 */
export interface Limit {
  /** Name of the limit, such as `messages`. Capabilities that name the same limit share it. */
  readonly name: string
  /** Scope: the whole account, or each of its recipients. An intent without a recipient does not count against the latter. */
  readonly of: "account" | "recipient"
  /** Milliseconds until one more may go out. */
  readonly every: number
  readonly burst: number
}
