import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as HttpRouter from "effect/http/HttpRouter"
import { json, withBody } from "../../meta/simulator/answers.ts"

/** Token bucket: one token for each `every` milliseconds, at most `burst` of them. A full bucket needs no entry. */
interface Bucket {
  readonly every: number
  readonly burst: number
}

/** Time at which each bucket is full again, by its key. */
type Buckets = Ref.Ref<HashMap.HashMap<string, number>>

const makeBuckets: Effect.Effect<Buckets> = Ref.make(HashMap.empty())

/** Takes a token. Returns false when there is none. */
export const take = (buckets: Buckets, key: string, { every, burst }: Bucket, now: number): Effect.Effect<boolean> =>
  Ref.modify(buckets, (all): [boolean, HashMap.HashMap<string, number>] => {
    const full = Math.max(
      now,
      Option.getOrElse(HashMap.get(all, key), () => now)
    )
    const after = full + every
    return after - now > burst * every ? [false, all] : [true, HashMap.set(all, key, after)]
  })

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
type Rules = Required<typeof Rules.Type>

/** Documented values (META 3.6). */
const documented: Rules = { window: true, pairBurst: 45, messagesPerSecond: 80 }

export const Template = Schema.Struct({
  name: Schema.NonEmptyString,
  language: Schema.NonEmptyString,
  /** Number of parameters in its body; 0 by default. */
  parameters: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  state: Schema.optionalKey(Schema.Literals(["approved", "paused", "disabled"]))
})
type Template = typeof Template.Type

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

/** State of a token. Subcodes of META 3.5: the password was changed, the token expired, it is invalid. */
const Token = Schema.Struct({
  phoneNumberId: Schema.NonEmptyString,
  valid: Schema.optionalKey(Schema.Boolean),
  subcode: Schema.optionalKey(Schema.Literals([460, 463, 467]))
})

const expiry = 463

/** Adds the controls under `/_simulator` for rules, templates and the validity of tokens. */
export const ruleControls = (memory: Memory) =>
  Layer.mergeAll(
    HttpRouter.add("POST", "/_simulator/rules", (request) =>
      withBody(request, Rules, (rules) =>
        Effect.map(
          Ref.updateAndGet(memory.rules, (before) => ({ ...before, ...rules })),
          (now) => json({ ...now })
        )
      )
    ),
    HttpRouter.add("POST", "/_simulator/templates", (request) =>
      withBody(request, Template, (template) =>
        Effect.as(
          Ref.update(memory.templates, HashMap.set(templateKey(template.name, template.language), template)),
          json({ ...template })
        )
      )
    ),
    HttpRouter.add("POST", "/_simulator/tokens", (request) =>
      withBody(request, Token, ({ phoneNumberId, valid = false, subcode = expiry }) =>
        Effect.as(
          Ref.update(memory.expired, (all) =>
            valid ? HashMap.remove(all, phoneNumberId) : HashMap.set(all, phoneNumberId, subcode)
          ),
          json({ phoneNumberId, valid, ...(valid ? {} : { subcode }) })
        )
      )
    )
  )
