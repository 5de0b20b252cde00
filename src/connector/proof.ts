import type * as Effect from "effect/Effect"
import type { PersonalPart } from "../domain/event.ts"
import type { Failure } from "../domain/failure.ts"
import type { Personal } from "../domain/personal.ts"
import type { AccountContext } from "./account-context.ts"
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

/**
 * What tells one message from another where the provider returns nothing of ours: of an intent before it is sent, and of
 * what was seen. Whatever an absent member may be, it is not known.
 */
export interface MessageTraits {
  /** Whom it goes to, as the echo names him. Absent where an intent cannot know: an answer to a comment. */
  readonly recipient?: string
  /** `text`, `image`: messages of two kinds are two messages. */
  readonly kind?: string
  /** All else that is compared, such as the words. */
  readonly content?: string
  /** The provider may show another `content` than the one that was sent: only the same one is a proof. */
  readonly contentMayChange?: true
}

/** An echo as its connector reads it. */
export interface Echo {
  /** What it may be, each; none where it is no message that an intent can cause. */
  readonly traits: ReadonlyArray<MessageTraits>
  /** The provider's id of the app that sent it, where it says so. */
  readonly appId?: string
}

/** How the echoes of a connector are read that return nothing of ours. */
export interface Echoes<Settings, Account> {
  readonly read: (echo: PersonalPart) => Echo
  /** The id of the app that sends for an account, where the operator's file says so. */
  readonly appId?: (settings: Settings, account: Account) => string | undefined
}

/** `same`: all that can be compared is the same. `maybe`: it cannot be told. */
export type Likeness = "same" | "maybe" | "other"

const agree = (wanted: string | undefined, seen: string | undefined) => wanted === undefined || wanted === seen

/** Compares what an intent wants with what was seen. */
export const likenessOf = (wanted: MessageTraits, seen: ReadonlyArray<MessageTraits>): Likeness => {
  const near = seen.filter(({ recipient, kind }) => agree(wanted.recipient, recipient) && agree(wanted.kind, kind))
  const isSame = ({ content }: MessageTraits) => content !== undefined && content === wanted.content
  if (wanted.kind !== undefined && near.some(isSame)) return "same"
  const untold = wanted.content === undefined || wanted.contentMayChange === true
  return near.length > 0 && untold ? "maybe" : "other"
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
 * the capability's `traits` or `isEcho` say whether an echo looks like what was wanted.
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
