import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { Delivery } from "../../../src/connector/simulator.ts"
import { type Fault, noFault } from "./faults.ts"
import type { Webhook } from "./signing.ts"

/** What the simulated provider did. `at` in milliseconds since the epoch. */
export interface Performed {
  readonly at: number
  /** Empty where the provider gives none. */
  readonly messageId: string
  /** The provider's id of the account that sent. */
  readonly account: string
  readonly to: string
  readonly type: string
  readonly text: string
  readonly callbackData?: string
}

/** One delivery of a webhook with its answer; status 0 where none came. */
export interface Delivered extends Delivery {
  readonly at: number
  readonly attempt: number
  readonly kind: Webhook["kind"]
  readonly messageId: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** The last effects, how many there were in all, and how many for each callback data. */
export interface Effects {
  readonly total: number
  readonly recent: ReadonlyArray<Performed>
  readonly counts: HashMap.HashMap<string, number>
}

export interface State {
  readonly effects: SubscriptionRef.SubscriptionRef<Effects>
  readonly deliveries: Ref.Ref<ReadonlyArray<Delivered>>
  readonly webhooks: Ref.Ref<ReadonlyArray<Webhook>>
  readonly fault: Ref.Ref<Fault>
}

const kept = 1000
const countsKept = 100_000

export const append = <A>(list: ReadonlyArray<A>, item: A): ReadonlyArray<A> => [...list.slice(1 - kept), item]

export const makeState: Effect.Effect<State> = Effect.all({
  effects: SubscriptionRef.make<Effects>({ total: 0, recent: [], counts: HashMap.empty() }),
  deliveries: Ref.make<ReadonlyArray<Delivered>>([]),
  webhooks: Ref.make<ReadonlyArray<Webhook>>([]),
  fault: Ref.make<Fault>(noFault)
})

const counted = (counts: Effects["counts"], key: string): Effects["counts"] => {
  const before = Option.getOrElse(HashMap.get(counts, key), () => 0)
  return before === 0 && HashMap.size(counts) >= countsKept ? counts : HashMap.set(counts, key, before + 1)
}

export const perform = (state: State, performed: Performed): Effect.Effect<void> =>
  SubscriptionRef.update(state.effects, ({ total, recent, counts }) => ({
    total: total + 1,
    recent: append(recent, performed),
    counts: counted(counts, performed.callbackData ?? "")
  }))
