import type * as Redacted from "effect/Redacted"
import type { Digest } from "./inbound.ts"

/** Context of a configured account, passed to every call to its provider. */
export interface AccountContext<Settings, Account> {
  readonly settings: Settings
  readonly account: Account
  /** Returns the current secret of a name that the connector declared. */
  readonly secret: (name: string) => Redacted.Redacted<string>
  readonly digest: Digest
}
