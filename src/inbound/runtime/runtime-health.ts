import type { ResponseSign } from "./response.ts"

/** One answer to one event. Times are in milliseconds of a monotonic clock. */
export interface ObservedResponse {
  readonly conversation: string
  /** Identifies the event within its conversation. */
  readonly position: number
  readonly sign: ResponseSign
  readonly now: number
  /** Refusals of the event that the store has counted. */
  readonly refusals: number
  /** True when the delivery began before the runtime last went away. */
  readonly stale?: boolean
}

/** State of one event, from the answers that this process received since it read the event. */
export interface EventState {
  /** Answers other than a 2xx while the runtime was available. */
  readonly held: number
  /** Turn of its last answer other than a 2xx. */
  readonly badTurn?: number
  /** True when another conversation got a 2xx between two such answers. They are then about this event, not the runtime. */
  readonly singledOut: boolean
  readonly refusedSince?: number
  readonly countedAt?: number
}

interface Taken {
  readonly conversation: string
  readonly turn: number
  readonly at: number
}

interface Suspect {
  readonly since: number
  readonly last: number
}

/** State of the runtime as a whole, from all answers so far. */
export interface RuntimeHealth {
  /** Number of answers so far. */
  readonly turn: number
  /** The last 2xx, and the last 2xx of another conversation. */
  readonly taken: ReadonlyArray<Taken>
  /** Events that got an answer other than a 2xx since the last 2xx. */
  readonly suspects: ReadonlyMap<string, Suspect>
  /** Last sign that the runtime is away; absent while it is available. */
  readonly away?: ResponseSign
}

/**
 * Reason why a refusal may count. `others`: other conversations got a 2xx. `alone`: no other event has an answer now, but a
 * conversation got a 2xx between two refusals of this one. `elsewhere`: this process has compared the event with nothing.
 */
export type CountReason = "others" | "alone" | "elsewhere"

/** Result of one answer. With `counts` the answer is a refusal that may count. */
export interface Judgement {
  readonly health: RuntimeHealth
  readonly state: EventState
  readonly counts?: CountReason
}

/** Default rules. Times are in milliseconds. */
export const defaultRules = {
  /** This many suspects without a 2xx between them mean away at once; two mean it once they last `quiet`. */
  atOnce: 5,
  quiet: 2_000,
  /** An `away` sign means away when there was no 2xx for this long. */
  justTaken: 1_000,
  /** `unclear` signs of one event alone mean away once they last this long. */
  alone: 10_000,
  /** Least time between two counted refusals of an event: while others get a 2xx, and while it is alone. */
  countEvery: 30_000,
  countAloneEvery: 120_000,
  /** When false, an event that was compared with nothing never counts `alone`: the runtime as a whole may be wrong. */
  countUncompared: false,
  /** A first refusal counts when another conversation got a 2xx within this time. */
  recently: 60_000,
  /** A suspect without an answer for this long is removed. */
  forgetAfter: 120_000
}
export type Rules = typeof defaultRules

export const initialHealth: RuntimeHealth = { turn: 0, taken: [], suspects: new Map() }
export const untried: EventState = { held: 0, singledOut: false }

const mostSuspects = 8
const keyOf = ({ conversation, position }: ObservedResponse) => `${position} ${conversation}`

const suspecting = (
  rules: Rules,
  suspects: RuntimeHealth["suspects"],
  response: ObservedResponse
): RuntimeHealth["suspects"] => {
  const { now } = response
  const key = keyOf(response)
  const others = [...suspects].filter(([other, { last }]) => other !== key && now - last < rules.forgetAfter)
  const since = suspects.get(key)?.since ?? now
  return new Map(others.length < mostSuspects ? [...others, [key, { since, last: now }]] : others)
}

const takenBy = ({ turn, taken }: RuntimeHealth, { conversation, now }: ObservedResponse): ReadonlyArray<Taken> => {
  const other = taken.find((one) => one.conversation !== conversation)
  return [{ conversation, turn: turn + 1, at: now }, ...(other === undefined ? [] : [other])]
}

const isAway = (
  rules: Rules,
  { taken: [last] }: RuntimeHealth,
  suspects: RuntimeHealth["suspects"],
  response: ObservedResponse
): boolean => {
  const { sign, now } = response
  const since = Math.min(...Array.from(suspects.values(), (one) => one.since))
  if (suspects.size >= rules.atOnce || (suspects.size > 1 && now - since >= rules.quiet)) return true
  if (sign === "away") return last === undefined || now - last.at >= rules.justTaken
  return sign === "unclear" && now - since >= rules.alone
}

const mayCount = (
  rules: Rules,
  health: RuntimeHealth,
  suspects: RuntimeHealth["suspects"],
  { badTurn, countedAt, ...state }: EventState,
  response: ObservedResponse
): CountReason | undefined => {
  const { now, conversation, refusals } = response
  const { refusedSince = now, singledOut } = state
  const other = health.taken.find((one) => one.conversation !== conversation)
  const lone = [...suspects.keys()].every((key) => key === keyOf(response))
  const recent = lone && other !== undefined && now - other.at <= rules.recently
  const others = badTurn === undefined ? recent : other !== undefined && other.turn > badTurn
  if (others) {
    const last = countedAt ?? (refusals === 0 ? Number.NEGATIVE_INFINITY : refusedSince)
    return now - last >= rules.countEvery ? "others" : undefined
  }
  if (!lone || now - (countedAt ?? refusedSince) < rules.countAloneEvery) return undefined
  return singledOut || rules.countUncompared ? "alone" : "elsewhere"
}

/** Judges an answer other than a 2xx while the runtime is available. */
const whilePresent = (
  rules: Rules,
  health: RuntimeHealth,
  state: EventState,
  response: ObservedResponse
): Judgement => {
  const { sign, now, conversation } = response
  const turn = health.turn + 1
  const other = health.taken.find((one) => one.conversation !== conversation)
  const before = state.badTurn
  const apart = before !== undefined && other !== undefined && other.turn > before
  const singledOut = sign !== "unreached" && (state.singledOut || apart)
  const suspects = singledOut ? health.suspects : suspecting(rules, health.suspects, response)
  const away = sign === "unreached" || (!singledOut && isAway(rules, health, suspects, response))
  const counts =
    away || sign !== "refused" ? undefined : mayCount(rules, health, suspects, { ...state, singledOut }, response)
  return {
    health: { turn, taken: health.taken, suspects, ...(away ? { away: sign } : {}) },
    state: {
      ...state,
      held: state.held + (away ? 0 : 1),
      badTurn: turn,
      singledOut,
      ...(sign === "refused" ? { refusedSince: state.refusedSince ?? now } : {}),
      ...(counts === undefined ? {} : { countedAt: now })
    },
    ...(counts === undefined ? {} : { counts })
  }
}

/**
 * Judges an answer other than a 2xx while the runtime is away; nothing counts then. The first refusal restarts the
 * comparison, since the runtime answers again. The runtime is back when the same event is then refused again and no other
 * event had an answer in between.
 */
const whileAway = (rules: Rules, health: RuntimeHealth, state: EventState, response: ObservedResponse): Judgement => {
  const { refusedSince: _, ...kept } = state
  const turn = health.turn + 1
  const { sign } = response
  const begins = sign === "refused" && health.away !== "refused"
  const suspects = suspecting(rules, begins ? new Map() : health.suspects, response)
  const back = sign === "refused" && !begins && suspects.size === 1
  return {
    health: { turn, taken: health.taken, suspects, ...(back ? {} : { away: sign }) },
    state: { ...kept, badTurn: turn }
  }
}

/** Returns the state after one answer. The runtime stays away on a 2xx to a delivery that began before it went away. */
export const judgeResponse = (
  rules: Rules,
  health: RuntimeHealth,
  state: EventState,
  response: ObservedResponse
): Judgement => {
  if (response.sign !== "taken") {
    return health.away === undefined
      ? whilePresent(rules, health, state, response)
      : whileAway(rules, health, state, response)
  }
  const turn = health.turn + 1
  const taken = takenBy(health, response)
  const away = response.stale === true ? health.away : undefined
  return {
    health:
      away === undefined
        ? { turn, taken, suspects: initialHealth.suspects }
        : { turn, taken, suspects: health.suspects, away },
    state
  }
}
