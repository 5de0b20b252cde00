import type * as Effect from "effect/Effect"
import type { PersonalPart } from "../domain/event.ts"
import type { Failure } from "../domain/failure.ts"
import type { AccountContext } from "./account-context.ts"
import type { ProviderHttp } from "./provider-http.ts"

/**
 * Confirms that the provider itself knows an inbound event (G40): only its own host can have caused the fact.
 * - `capability`: the provider accepts the event's id in a capability with `namesEvent`, or gives out one of its media.
 * - `question`: the connector asks for the event. The question changes nothing.
 */
export type InboundConfirmation<Settings, Account> = ByCapability | ByQuestion<AccountContext<Settings, Account>>

export interface ByCapability {
  readonly by: "capability"
  /** Returns the ids of an event's media, as a download takes them. */
  readonly media: (event: PersonalPart) => ReadonlyArray<string>
}

interface ByQuestion<Context> {
  readonly by: "question"
  /** Returns whether the provider lists the event. `undefined` for an event about which it cannot be asked. */
  readonly ask: (event: PersonalPart, context: Context) => Effect.Effect<boolean, Failure, ProviderHttp> | undefined
}

/** A {@link InboundConfirmation} for one configured account. */
export type ChannelConfirmation =
  | ByCapability
  | {
      readonly by: "question"
      readonly ask: (event: PersonalPart) => Effect.Effect<boolean, Failure, ProviderHttp> | undefined
    }

/** An input that the provider refuses without an effect. `capability` takes a recipient. */
export interface RefusedInput {
  readonly capability: string
  readonly input: unknown
}

/** Binds a confirmation to an account. */
export const confirmationOf = <Settings, Account>(
  confirm: InboundConfirmation<Settings, Account>,
  context: AccountContext<Settings, Account>
): ChannelConfirmation =>
  confirm.by === "capability" ? confirm : { by: "question", ask: (event) => confirm.ask(event, context) }
