import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { SimulatedDelivery } from "../../../src/connector/simulator.ts"
import { makePostOffice, type PostOffice, type Said, type Webhook } from "./post-office.ts"

/** The last items, oldest first, and the number of all. */
interface Recent<A> {
  readonly total: number
  readonly recent: ReadonlyArray<A>
}

const kept = 1000

const none = { total: 0, recent: [] }

export const append = <A>(list: ReadonlyArray<A>, item: A): ReadonlyArray<A> => [...list.slice(1 - kept), item]

export const add =
  <A>(item: A) =>
  ({ total, recent }: Recent<A>): Recent<A> => ({ total: total + 1, recent: append(recent, item) })

/** Emits each item once: first the stored ones, then new ones. */
export const each = <A>(changes: Stream.Stream<Recent<A>>): Stream.Stream<A> =>
  changes.pipe(
    Stream.mapAccum(
      () => 0,
      (seen, { total, recent }) => [total, recent.slice(Math.max(0, recent.length - (total - seen)))]
    )
  )

const positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const status = Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 }))

/**
 * Fault of the next sends. `drop` and `drop_after_accepting` cut the connection before or after acting. `delay` acts at
 * once and answers after `millis`. `refuse` and `html` do not act. `fail_after_accepting` acts and answers 500.
 */
export const Fault = Schema.Struct({
  mode: Schema.Literals(["none", "drop", "drop_after_accepting", "delay", "refuse", "fail_after_accepting", "html"]),
  times: Schema.optionalKey(positive),
  millis: Schema.optionalKey(positive),
  code: Schema.optionalKey(Schema.Int),
  subcode: Schema.optionalKey(Schema.Int),
  transient: Schema.optionalKey(Schema.Boolean),
  httpStatus: Schema.optionalKey(status),
  retryAfter: Schema.optionalKey(positive)
})
export type Fault = typeof Fault.Type

const noFault: Fault = { mode: "none" }

/** Takes the fault of this send. Each send counts down once. */
export const takeFault = (ref: SubscriptionRef.SubscriptionRef<Fault>): Effect.Effect<Fault> =>
  SubscriptionRef.modify(ref, (fault) => {
    const left = (fault.times ?? 1) - 1
    return [fault, left > 0 ? { ...fault, times: left } : noFault]
  })

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
interface Effects extends Recent<Performed> {
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
