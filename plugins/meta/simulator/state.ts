import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { SimulatedDelivery } from "../../../src/connector/simulator.ts"
import { type Fault, noFault } from "./faults.ts"
import { type PostOffice, makePostOffice } from "./post-office.ts"
import { type Recent, add, none } from "./recent.ts"
import type { Said, Webhook } from "./signing.ts"

/** An effect of the simulated provider. `at` in milliseconds since the epoch. */
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

/** One delivery of a webhook with its answer; status 0 when none came. */
export interface Delivered extends SimulatedDelivery {
  readonly at: number
  /** Milliseconds until the answer. */
  readonly millis: number
  readonly attempt: number
  readonly kind: Webhook["kind"]
  readonly messageId: string
  readonly said?: Said
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** One request to send, with the provider's answer; status 0 when it cut the connection. */
export interface Called {
  readonly at: number
  readonly path: string
  readonly body: string
  /** Fault that was in force. */
  readonly fault: Fault["mode"]
  readonly status: number
  readonly answer: string
}

/** The last effects, and their number by callback data. */
export interface Effects extends Recent<Performed> {
  readonly counts: HashMap.HashMap<string, number>
}

export interface State {
  readonly effects: SubscriptionRef.SubscriptionRef<Effects>
  readonly deliveries: SubscriptionRef.SubscriptionRef<Recent<Delivered>>
  readonly calls: SubscriptionRef.SubscriptionRef<Recent<Called>>
  readonly office: PostOffice
  readonly webhooks: Ref.Ref<ReadonlyArray<Webhook>>
  readonly fault: SubscriptionRef.SubscriptionRef<Fault>
}

const countsKept = 100_000

export const makeState: Effect.Effect<State> = Effect.all({
  effects: SubscriptionRef.make<Effects>({ ...none, counts: HashMap.empty() }),
  deliveries: SubscriptionRef.make<Recent<Delivered>>(none),
  calls: SubscriptionRef.make<Recent<Called>>(none),
  office: makePostOffice,
  webhooks: Ref.make<ReadonlyArray<Webhook>>([]),
  fault: SubscriptionRef.make<Fault>(noFault)
})

const counted = (counts: Effects["counts"], key: string): Effects["counts"] => {
  const before = Option.getOrElse(HashMap.get(counts, key), () => 0)
  return before === 0 && HashMap.size(counts) >= countsKept ? counts : HashMap.set(counts, key, before + 1)
}

export const perform = (state: State, performed: Performed): Effect.Effect<void> =>
  SubscriptionRef.update(state.effects, (before) => ({
    ...add(performed)(before),
    counts: counted(before.counts, performed.callbackData ?? "")
  }))
