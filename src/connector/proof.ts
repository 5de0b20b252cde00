import type * as Effect from "effect/Effect"
import type { PersonalPart } from "../domain/event.ts"
import type { Failure } from "../domain/failure.ts"
import type { Personal } from "../domain/personal.ts"
import type { AccountContext } from "./capability.ts"
import type { ProviderHttp } from "./provider-http.ts"

/** How a doubt of a `verified` capability ends by itself: because something is there, never because nothing is (G20). */
export type Proof = "status-echo" | "message-echo" | "read-back"

/** Something at the provider's that looks like what an intent wanted. */
export interface Sighting {
  /** The provider's id: what the receipt of it would hold. */
  readonly messageId: string
  /** Milliseconds since the epoch, as exactly as the provider says: where it says whole seconds, their beginning. */
  readonly createdAt: number
}

/** What an intent wanted. */
export interface Wanted<Input> {
  readonly input: Input
  /** As the caller wrote it; absent where the capability takes none. */
  readonly to: Personal<string> | undefined
}

export interface Look<Input, Settings, Account> extends Wanted<Input>, LookContext<Settings, Account> {}

export interface LookContext<Settings, Account> extends AccountContext<Settings, Account> {
  /** Milliseconds since the epoch: nothing older is of interest. */
  readonly since: number
}

/** Asks the provider what is there; a failure is no answer, and it is asked again later. Must change nothing. */
export type Find<Input, Settings, Account> = (
  look: Look<Input, Settings, Account>
) => Effect.Effect<ReadonlyArray<Sighting>, Failure, ProviderHttp>

/**
 * `status-echo`: an event's `evidence` returns our callback data.
 *
 * `message-echo`: the provider tells us of its own message, as an event of kind `echo` whose `providerId` is what the
 * receipt of the message would hold. Where it returns our callback data, that is the event's `evidence`; where it cannot,
 * `isEcho` says whether an echo looks like what was wanted.
 *
 * `read-back`: `find` answers everything that is there now and looks like what was wanted. Whether that is this very
 * intent is not for the connector to say: the host takes it for a proof only where it was created after the claim, is
 * nobody's receipt, and looks like no other intent that is open.
 */
export type ProofDefinition<Input, Settings, Account> =
  | { readonly proof: "status-echo" }
  | {
      readonly proof: "message-echo"
      readonly isEcho?: (wanted: Wanted<Input>, echo: PersonalPart) => boolean
    }
  | { readonly proof: "read-back"; readonly find: Find<Input, Settings, Account> }
