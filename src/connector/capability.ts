import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { PayloadError, ProviderError, InfraError } from "../domain/failure.ts"
import type { Receipt } from "../domain/intent.ts"
import type { ProviderHttp } from "./provider-http.ts"

/** What a capability is given to perform one intent. `Settings` and `Account` are what the connector's schemas decode. */
export interface Send<Input, Settings, Account> {
  readonly input: Input
  /** Absent where the capability takes none. As the caller wrote it. */
  readonly to: Redacted.Redacted<string> | undefined
  readonly settings: Settings
  readonly account: Account
  /** The current secret of a name that the connector declared. */
  readonly secret: (name: string) => Redacted.Redacted<string>
  /** Ours (G18): at most 512 characters, no personal data; to be returned by the provider where it can. */
  readonly callbackData: string
}

interface Definition<Input, Settings, Account> {
  /** `text`: unique within the connector. */
  readonly id: string
  readonly input: Schema.Codec<Input, unknown>
  readonly recipient: "required" | "absent"
  /** Refuses a `to` that this channel cannot have; the reason names what was expected. */
  readonly checkRecipient?: (to: string) => string | undefined
  readonly send: (
    request: Send<Input, Settings, Account>
  ) => Effect.Effect<Receipt, InfraError | ProviderError | PayloadError, ProviderHttp>
}

/** Commutes with every later intent on the same target (G21): the only level that may retry an unknown outcome. */
export interface Idempotent<Input, Settings, Account> extends Definition<Input, Settings, Account> {
  readonly protection: "idempotent"
  readonly retryUnknown?: { readonly times: number }
}
/** A later proof can show whether it happened. */
export interface Verified<Input, Settings, Account> extends Definition<Input, Settings, Account> {
  readonly protection: "verified"
  readonly proof: "status-echo" | "message-echo" | "read-back"
}
/** Neither: a doubt waits for a person. */
export interface Unprotected<Input, Settings, Account> extends Definition<Input, Settings, Account> {
  readonly protection: "unprotected"
}

export type Capability<Input, Settings, Account> =
  | Idempotent<Input, Settings, Account>
  | Verified<Input, Settings, Account>
  | Unprotected<Input, Settings, Account>

export const idempotent = <Input, Settings, Account>(
  definition: Omit<Idempotent<Input, Settings, Account>, "protection">
): Capability<Input, Settings, Account> => ({ ...definition, protection: "idempotent" })

export const verified = <Input, Settings, Account>(
  definition: Omit<Verified<Input, Settings, Account>, "protection">
): Capability<Input, Settings, Account> => ({ ...definition, protection: "verified" })

export const unprotected = <Input, Settings, Account>(
  definition: Omit<Unprotected<Input, Settings, Account>, "protection">
): Capability<Input, Settings, Account> => ({ ...definition, protection: "unprotected" })
