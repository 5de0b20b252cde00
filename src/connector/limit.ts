/**
 * How many intents may go out: one every so often, and up to `burst` at once, which borrow from what comes after. Shared
 * by all replicas and counted by the store's clock (G25).
 */
export interface Limit {
  /** `messages`: capabilities that name the same limit take from the same one. */
  readonly name: string
  /** One for the whole account, or one for each of its recipients; what has no recipient takes from none of the latter. */
  readonly of: "account" | "recipient"
  /** Milliseconds until one more may go out. */
  readonly every: number
  readonly burst: number
}
