import * as Schema from "effect/Schema"
import type { Limit } from "../../../src/connector/limit.ts"
import { PauseReason } from "../../../src/domain/pause.ts"
import type { AcquireDecision, Change, HowLong, Pause } from "../../../src/outbound/accounts/accounts.ts"

const Resumed = Schema.Union([Schema.Literal(""), PauseReason])
const Ends = Schema.Union([Schema.Literal(""), Schema.FiniteFromString])
const Kept = [PauseReason, Schema.FiniteFromString, Ends, Schema.String] as const

const AllowanceReply = Schema.Union([
  Schema.Tuple([Schema.Literal("Allowed"), Resumed, Schema.Finite, Schema.Finite]),
  Schema.Tuple([
    Schema.Literal("Paused"),
    Resumed,
    Schema.Finite,
    PauseReason,
    Schema.Finite,
    Ends,
    Schema.String,
    Schema.Finite
  ]),
  Schema.Tuple([Schema.Literal("Held"), Resumed, Schema.Finite, Schema.Finite]),
  Schema.Tuple([Schema.Literal("Limited"), Resumed, Schema.Finite, Schema.Finite, Schema.Finite])
])
const ChangeReply = Schema.Union([
  Schema.Tuple([Schema.Literal("Paused"), ...Kept]),
  Schema.Tuple([Schema.Literal("Resumed"), PauseReason]),
  Schema.Tuple([Schema.Literal("Held"), Schema.FiniteFromString])
])
const Seen = Schema.Tuple([
  Schema.Finite,
  Schema.Union([Schema.Literal(""), PauseReason]),
  Ends,
  Ends,
  Schema.String,
  Schema.String
])

export const decodeAllowance = Schema.decodeUnknownEffect(AllowanceReply)
export const decodeChanges = Schema.decodeUnknownEffect(Schema.Array(ChangeReply))
export const decodeEnded = Schema.decodeUnknownEffect(Schema.Union([Schema.Tuple(Kept), Schema.Tuple([])]))
export const decodeSeen = Schema.decodeUnknownEffect(Seen)

export const pauseOf = (why: PauseReason, since: number, until: number | "", code: string): Pause => ({
  why,
  since,
  ...(until === "" ? {} : { until }),
  ...(code === "" ? {} : { code })
})

export const allowanceOf =
  (limits: ReadonlyArray<Limit>) =>
  (reply: typeof AllowanceReply.Type): AcquireDecision => {
    const [, ended, seen] = reply
    const resumed = ended === "" ? {} : { resumed: ended }
    const begun = seen === 1
    switch (reply[0]) {
      case "Allowed":
        return { _tag: "Allowed", ...resumed, paid: !begun, trial: reply[3] === 1 }
      case "Paused": {
        const [, , , why, since, until, code, wait] = reply
        return { _tag: "Paused", ...resumed, pause: pauseOf(why, since, until, code), wait, begun }
      }
      case "Held":
        return { _tag: "Held", ...resumed, wait: reply[3], begun }
      case "Limited":
        return { _tag: "Limited", ...resumed, of: limits[reply[4]]?.of ?? "account", wait: reply[3], begun }
    }
  }

const plain: ReadonlyArray<AcquireDecision> = [
  { _tag: "Allowed", paid: true, trial: false },
  { _tag: "Allowed", paid: false, trial: false },
  { _tag: "Allowed", paid: true, trial: true },
  { _tag: "Allowed", paid: false, trial: true }
]

/**
 * Decodes the most frequent reply without a schema: allowed, and no pause has ended. Returns `undefined` for any other
 * reply.
 */
export const plainlyAllowed = (reply: unknown): AcquireDecision | undefined =>
  typeof reply === "number" ? plain[reply] : undefined

export const changesOf = (changes: ReadonlyArray<typeof ChangeReply.Type>): ReadonlyArray<Change> =>
  changes.map((change): Change => {
    switch (change[0]) {
      case "Paused": {
        const [, why, since, until, code] = change
        return { _tag: "Paused", pause: pauseOf(why, since, until, code) }
      }
      case "Resumed":
        return { _tag: "Resumed", why: change[1] }
      case "Held":
        return { _tag: "Held", wait: change[1] }
    }
  })

/**
 * Returns the pause of an account. Returns `undefined` when there is none, or when it is over but still stored, because
 * no intent has asked since.
 */
export const decodePause = (
  [now, why, since, until, code, credential]: typeof Seen.Type,
  present: string
): Pause | undefined => {
  if (why === "" || since === "") return undefined
  if (why === "throttled" && until !== "" && now >= until) return undefined
  return why === "auth" && credential !== present ? undefined : pauseOf(why, since, until, code)
}

/**
 * Returns the arguments of a wait as the scripts take them: requested milliseconds, then first, factor and most in
 * seconds.
 */
export const longOf = (long: HowLong | undefined): ReadonlyArray<string | number> => {
  if (long === undefined) return ["", "", "", ""]
  if ("asked" in long) return [long.asked, "", "", ""]
  return ["", long.wait.first, long.wait.factor, long.wait.most]
}
