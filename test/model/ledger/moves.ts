import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/**
 * What becomes of a command on its way to the store: `heard`, it runs and its sender hears the answer; `deaf`, it runs and
 * the answer is lost; `late`, its sender hears nothing and it runs at some later time; `lost`, it never runs and nobody
 * knows; `refused`, it certainly does not run.
 */
export type Fate = "heard" | "deaf" | "late" | "lost" | "refused"

/** How the provider treats a call: does it act, and what does the caller hear. `denied` is a refusal that is not true. */
export type End = "sent" | "sent_nameless" | "acted_silent" | "silent" | "denied" | "refused" | "not_now"

export type Status = "sent" | "delivered" | "read" | "another" | "failed" | "failed_otherwise"

/** One thing that happens. A move that makes no sense where it stands does nothing, so any part of a case is a case. */
export type Move =
  /** A caller does what comes next: it claims, asks again, calls, settles or gives back. */
  | { readonly _tag: "Step"; readonly caller: number; readonly fate: Fate; readonly end: End }
  /** A command that was late runs now. */
  | { readonly _tag: "Arrive"; readonly nth: number }
  /** A replica and all of its callers are gone; what they had sent may still arrive. */
  | { readonly _tag: "Crash"; readonly replica: number }
  /** The provider reports on an attempt, counted back from the present one. */
  | { readonly _tag: "Status"; readonly back: number; readonly status: Status }
  /** Somebody uses the key for other content. */
  | { readonly _tag: "Stranger" }
  | { readonly _tag: "Elapse"; readonly hours: number }
  /** It is accepted, to be performed by who owns its lane. */
  | { readonly _tag: "Accept"; readonly fate: Fate }
  /** A person says how the attempt ended, rightly or not. */
  | { readonly _tag: "Verdict"; readonly verdict: "sent" | "not_sent"; readonly rightly: boolean }

export const callers = 4
/** Of each two, the second one owns lanes, and performs only what was accepted. */
export const ownsLanes = (caller: number): boolean => caller % 2 === 1
export const replicaOf = (caller: number): number => Math.floor(caller / 2)

/** A caller whose clock says so many hours since its claim does not call any more (G16); 5 s in the program. */
export const startWithin = 5
/** Hours from a claim until no call of it can be under way (G15). */
export const callHours = 15

const int = (maximum: number) => Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum })))

/** One of the list, the simple ones first; what stands several times comes as often. */
const oneOf = <const A>(items: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  Arbitrary.filterMap(int(items.length - 1), (index) => Result.fromNullishOr(items[index], () => "none"))

const fate = oneOf<Fate>([
  ...Array.from({ length: 5 }, () => "heard" as const),
  ...(["refused", "lost", "deaf", "deaf", "late", "late"] as const)
])

const step: Arbitrary.Arbitrary<Move> = Arbitrary.map(
  Arbitrary.all({
    caller: int(callers - 1),
    fate,
    end: oneOf<End>(["sent", "silent", "acted_silent", "not_now", "not_now", "refused", "denied", "sent_nameless"])
  }),
  (step) => ({ _tag: "Step", ...step })
)
const arrive: Arbitrary.Arbitrary<Move> = Arbitrary.map(int(2), (nth) => ({ _tag: "Arrive", nth }))
const crash: Arbitrary.Arbitrary<Move> = Arbitrary.map(int(1), (replica) => ({ _tag: "Crash", replica }))
const status: Arbitrary.Arbitrary<Move> = Arbitrary.map(
  Arbitrary.all({
    back: oneOf([0, 0, 0, 1]),
    status: oneOf<Status>(["delivered", "sent", "read", "failed", "failed", "failed_otherwise", "another"])
  }),
  (status) => ({ _tag: "Status", ...status })
)
const elapse: Arbitrary.Arbitrary<Move> = Arbitrary.map(
  oneOf([2, 2, 2, 2, 6, 16, 16, 25, 31 * 24, 401 * 24]),
  (hours) => ({
    _tag: "Elapse",
    hours
  })
)
const stranger: Arbitrary.Arbitrary<Move> = Arbitrary.Constant({ _tag: "Stranger" })

const accept: Arbitrary.Arbitrary<Move> = Arbitrary.map(fate, (fate) => ({ _tag: "Accept", fate }))
const verdict: Arbitrary.Arbitrary<Move> = Arbitrary.map(
  Arbitrary.all({ verdict: oneOf(["sent", "not_sent"]), rightly: oneOf([true, true, true, false]) }),
  (verdict) => ({ _tag: "Verdict", ...verdict })
)

const often: ReadonlyArray<readonly [Arbitrary.Arbitrary<Move>, number]> = [
  [step, 11],
  [arrive, 3],
  [status, 3],
  [elapse, 2],
  [accept, 2],
  [verdict, 2],
  [crash, 1],
  [stranger, 1]
]
const kinds = often.flatMap(([kind, times]) => Array.from({ length: times }, () => kind))

/** A case: what happens, in order. */
export const cases = (maxLength: number): Arbitrary.Arbitrary<ReadonlyArray<Move>> =>
  Arbitrary.array(
    Arbitrary.flatMap(oneOf(kinds), (kind) => kind),
    { maxLength }
  )
