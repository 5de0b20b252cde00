import type * as Effect from "effect/Effect"
import type { PersonalPart } from "../domain/event.ts"
import type { Failure } from "../domain/failure.ts"
import type { Personal } from "../domain/personal.ts"
import type { AccountContext } from "./account-context.ts"
import type { ProviderHttp } from "./provider-http.ts"

/** Proof that ends a doubt of a `verified` capability by itself: because a message is found, never because none is (G20). */
export type Proof = "status-echo" | "message-echo" | "read-back"

/** A message at the provider that matches an intent. */
export interface Sighting {
  /** The provider's id, as the message's receipt would hold it. */
  readonly messageId: string
  /** Milliseconds since the epoch, as exactly as the provider states them. Whole seconds count from their beginning. */
  readonly createdAt: number
}

/**
 * Traits that distinguish messages where the provider returns no callback data. They describe an intent before it is sent, and
 * an observed message. An absent member is not known.
 */
export interface MessageTraits {
  /** Recipient, as the echo names it. Absent where an intent cannot know it: a reply to a comment. */
  readonly recipient?: string
  /** Kind, such as `text` or `image`. Messages of two kinds are two messages. */
  readonly kind?: string
  /** Everything else that is compared, such as the text. */
  readonly content?: string
  /** True when the provider may show other `content` than was sent. Then only equal content is a proof. */
  readonly contentMayChange?: true
}

/** An echo as its connector reads it. */
export interface Echo {
  /** Alternatives of what the echo may be; empty when no intent can cause such a message. */
  readonly traits: ReadonlyArray<MessageTraits>
  /** The provider's id of the app that sent it, where the provider states it. */
  readonly appId?: string
}

/** Reads echoes of a connector whose provider returns no callback data in them. */
export interface Echoes<Settings, Account> {
  readonly read: (echo: PersonalPart) => Echo
  /** Returns the id of the app that sends for an account, if configured. */
  readonly appId?: (settings: Settings, account: Account) => string | undefined
}

/** `same`: everything that can be compared is equal. `maybe`: the traits do not decide. */
export type Likeness = "same" | "maybe" | "other"

const agree = (wanted: string | undefined, seen: string | undefined) => wanted === undefined || wanted === seen

/** Compares an intent's traits with those of an observed message. */
export const likenessOf = (wanted: MessageTraits, seen: ReadonlyArray<MessageTraits>): Likeness => {
  const near = seen.filter(({ recipient, kind }) => agree(wanted.recipient, recipient) && agree(wanted.kind, kind))
  const isSame = ({ content }: MessageTraits) => content !== undefined && content === wanted.content
  if (wanted.kind !== undefined && near.some(isSame)) return "same"
  const untold = wanted.content === undefined || wanted.contentMayChange === true
  return near.length > 0 && untold ? "maybe" : "other"
}

/** Input and recipient of an intent. */
export interface Wanted<Input> {
  readonly input: Input
  /** Recipient as the caller wrote it; absent where the capability takes none. */
  readonly to: Personal<string> | undefined
}

export interface Look<Input, Settings, Account> extends Wanted<Input>, LookContext<Settings, Account> {}

export interface LookContext<Settings, Account> extends AccountContext<Settings, Account> {
  /** Milliseconds since the epoch. Older messages do not count. */
  readonly since: number
}

/** Asks the provider for matching messages. It must change nothing. After a failure, the gateway asks again later. */
export type Find<Input, Settings, Account> = (
  look: Look<Input, Settings, Account>
) => Effect.Effect<ReadonlyArray<Sighting>, Failure, ProviderHttp>

/**
 * `status-echo`: an event's `evidence` returns the callback data. `message-echo`: the provider sends an event of kind `echo`
 * about the gateway's own message; its `providerId` is what the message's receipt would hold. If the provider returns the
 * callback data, the event's `evidence` has it. Otherwise the capability's `traits` or `isEcho` decide whether an echo
 * matches. `read-back`: `find` returns every matching message that is there now. The host decides whether one of them is this
 * very intent: it must be created after the claim, be in no other receipt, and match no other open intent.
 */
export type ProofDefinition<Input, Settings, Account> =
  | { readonly proof: "status-echo" }
  | {
      readonly proof: "message-echo"
      readonly isEcho?: (wanted: Wanted<Input>, echo: PersonalPart) => boolean
    }
  | { readonly proof: "read-back"; readonly find: Find<Input, Settings, Account> }
