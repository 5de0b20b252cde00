import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { type Buckets, makeBuckets } from "./buckets.ts"

const positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/**
 * Rules that the provider enforces: the 24-hour window, messages at once to one person, messages per second of a
 * number.
 */
export const Rules = Schema.Struct({
  window: Schema.optionalKey(Schema.Boolean),
  pairBurst: Schema.optionalKey(positive),
  messagesPerSecond: Schema.optionalKey(positive)
})
export type Rules = Required<typeof Rules.Type>

/** Documented values (META 3.6). */
const documented: Rules = { window: true, pairBurst: 45, messagesPerSecond: 80 }

export const Template = Schema.Struct({
  name: Schema.NonEmptyString,
  language: Schema.NonEmptyString,
  /** Number of parameters in its body; 0 by default. */
  parameters: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  state: Schema.optionalKey(Schema.Literals(["approved", "paused", "disabled"]))
})
export type Template = typeof Template.Type

/** State of the provider that leads to refusals. Keys of `wrote` are a number and a person. */
export interface Memory {
  readonly rules: Ref.Ref<Rules>
  readonly wrote: Ref.Ref<HashMap.HashMap<string, number>>
  readonly pairs: Buckets
  readonly throughput: Buckets
  /** Templates by key. When there are none, every template is accepted. */
  readonly templates: Ref.Ref<HashMap.HashMap<string, Template>>
  /** Numbers whose token is no longer valid, with the subcode of the reason. */
  readonly expired: Ref.Ref<HashMap.HashMap<string, number>>
}

export const makeMemory: Effect.Effect<Memory> = Effect.all({
  rules: Ref.make(documented),
  wrote: Ref.make(HashMap.empty<string, number>()),
  pairs: makeBuckets,
  throughput: makeBuckets,
  templates: Ref.make(HashMap.empty<string, Template>()),
  expired: Ref.make(HashMap.empty<string, number>())
})

export const pairOf = (number: string, person: string) => `${number}/${person.replace(/^\+/, "")}`

export const templateKey = (name: string, language: string) => `${name}/${language}`

export const lookUp = <A>(ref: Ref.Ref<HashMap.HashMap<string, A>>, key: string): Effect.Effect<A | undefined> =>
  Effect.map(Ref.get(ref), (map) => Option.getOrUndefined(HashMap.get(map, key)))
