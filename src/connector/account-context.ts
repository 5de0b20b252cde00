import type * as Redacted from "effect/Redacted"
import type { Digest } from "./inbound.ts"

/** A configured account, as every call to its provider receives it. */
export interface AccountContext<Settings, Account> {
  readonly settings: Settings
  readonly account: Account
  /** Returns the current secret of a name that the connector declared. */
  readonly secret: (name: string) => Redacted.Redacted<string>
  readonly digest: Digest
}
