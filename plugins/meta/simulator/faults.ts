import type * as Effect from "effect/Effect"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Schema from "effect/Schema"

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

export const noFault: Fault = { mode: "none" }

/** Takes the fault of this send. Each send counts down once. */
export const takeFault = (ref: SubscriptionRef.SubscriptionRef<Fault>): Effect.Effect<Fault> =>
  SubscriptionRef.modify(ref, (fault) => {
    const left = (fault.times ?? 1) - 1
    return [fault, left > 0 ? { ...fault, times: left } : noFault]
  })
