import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { Webhook } from "./signing.ts"

const signatures = ["right", "wrong", "missing"] as const
export type Signature = (typeof signatures)[number]

/** Settings for the delivery of webhooks. */
export const Delivering = Schema.Struct({
  /** Factor by which the provider's time is faster than real time between redeliveries. */
  speed: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  signature: Schema.optionalKey(Schema.Literals(signatures))
})
export type Delivering = Required<typeof Delivering.Type>

/** Limits after which a provider gives up, in milliseconds of its own time (META 1.3). */
export interface Patience {
  /** Time after which a webhook that was never answered 200 is dropped. */
  readonly drops: number
  /** Time after which the next failure unsubscribes the app from the account. */
  readonly unsubscribes?: number
}

/** State of the provider's webhooks between an event and its delivery. */
export interface PostOffice {
  readonly delivering: Ref.Ref<Delivering>
  /** `undefined` while no webhooks are held back. */
  readonly held: Ref.Ref<ReadonlyArray<Webhook> | undefined>
  /** Accounts whose webhooks the app does not receive. */
  readonly unsubscribed: Ref.Ref<HashSet.HashSet<string>>
}

export const makePostOffice: Effect.Effect<PostOffice> = Effect.all({
  delivering: Ref.make<Delivering>({ speed: 60, signature: "right" }),
  held: Ref.make<ReadonlyArray<Webhook> | undefined>(undefined),
  unsubscribed: Ref.make(HashSet.empty<string>())
})

export const isSubscribed = ({ unsubscribed }: PostOffice, account: string): Effect.Effect<boolean> =>
  Effect.map(Ref.get(unsubscribed), (all) => !HashSet.has(all, account))
