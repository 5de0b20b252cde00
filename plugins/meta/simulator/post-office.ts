import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { Webhook } from "./signing.ts"

const signatures = ["right", "wrong", "missing"] as const
export type Signature = (typeof signatures)[number]

/** How webhooks are delivered from now on. */
export const Delivering = Schema.Struct({
  /** Provider's time passes so many times faster than ours between redeliveries. */
  speed: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  signature: Schema.optionalKey(Schema.Literals(signatures))
})
export type Delivering = Required<typeof Delivering.Type>

/** When a provider gives up, in milliseconds of its own time (META 1.3). */
export interface Patience {
  /** A webhook that was never answered 200 is dropped. */
  readonly drops: number
  /** The app is unsubscribed from the account at the first failure after this. */
  readonly unsubscribes?: number
}

/** What lies at the provider between happening and delivery. */
export interface PostOffice {
  readonly delivering: Ref.Ref<Delivering>
  /** `undefined` while nothing is held back. */
  readonly held: Ref.Ref<ReadonlyArray<Webhook> | undefined>
  /** Accounts of which the app is told nothing. */
  readonly unsubscribed: Ref.Ref<HashSet.HashSet<string>>
}

export const makePostOffice: Effect.Effect<PostOffice> = Effect.all({
  delivering: Ref.make<Delivering>({ speed: 60, signature: "right" }),
  held: Ref.make<ReadonlyArray<Webhook> | undefined>(undefined),
  unsubscribed: Ref.make(HashSet.empty<string>())
})

export const isSubscribed = ({ unsubscribed }: PostOffice, account: string): Effect.Effect<boolean> =>
  Effect.map(Ref.get(unsubscribed), (all) => !HashSet.has(all, account))
