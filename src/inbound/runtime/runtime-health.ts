import type { ResponseSign } from "./response-table.ts"

/** One answer to one event. Times in milliseconds of a monotonic clock. */
export interface ObservedResponse {
  readonly conversation: string
  /** Tells apart the events of one conversation. */
  readonly position: number
  readonly sign: ResponseSign
  readonly now: number
  /** Refusals of the event that the store has counted. */
  readonly refusals: number
  /** The delivery began before the runtime was last found to be away. */
  readonly stale?: boolean
}

/** What this process knows of one event since it took it up. */
export interface EventStanding {
  /** Answers other than a 2xx while the runtime was there. */
  readonly held: number
  /** Number of its last answer other than a 2xx. */
  readonly badTurn?: number
  /** Another conversation was taken between two such answers: they are about this event, and say nothing of the runtime. */
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

/** What the answers so far say about the runtime as a whole. */
export interface RuntimeHealth {
  /** Answers so far. */
  readonly turn: number
  /** The last 2xx, and the last of another conversation. */
  readonly taken: ReadonlyArray<Taken>
  /** Events that had another answer since the last 2xx. */
  readonly suspects: ReadonlyMap<string, Suspect>
  /** The runtime is away, and the last sign of it. */
  readonly away?: ResponseSign
}

/** `counts`: why this refusal may count against its event: others were taken, or there is no other to compare with. */
export interface Judgement {
  readonly health: RuntimeHealth
  readonly standing: EventStanding
  readonly counts?: "others" | "alone"
}

/** Times in milliseconds. */
export const defaultRules = {
  /** Different events without a 2xx between them that mean away at once; two do where it lasts `quiet`. */
  atOnce: 5,
  quiet: 2_000,
  /** A sign that any event could get means away where nothing was taken for so long. */
  justTaken: 1_000,
  /** One event alone, by signs that may be its own doing. */
  alone: 10_000,
  /** Between two counted refusals of an event: while others are taken, and where there is no other. */
  countEvery: 30_000,
  countAloneEvery: 120_000,
  /** A first refusal counts where another conversation was taken within so long. */
  recently: 60_000,
  /** A suspect that is not heard of for so long is none. */
  forgetAfter: 120_000
}
export type Rules = typeof defaultRules

export const unheard: RuntimeHealth = { turn: 0, taken: [], suspects: new Map() }
export const untried: EventStanding = { held: 0, singledOut: false }

const mostSuspects = 8
const keyOf = ({ conversation, position }: ObservedResponse) => `${position} ${conversation}`

const suspecting = (
  rules: Rules,
  suspects: RuntimeHealth["suspects"],
  heard: ObservedResponse
): RuntimeHealth["suspects"] => {
  const { now } = heard
  const key = keyOf(heard)
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
  heard: ObservedResponse
): boolean => {
  const { sign, now } = heard
  const since = Math.min(...Array.from(suspects.values(), (one) => one.since))
  if (suspects.size >= rules.atOnce || (suspects.size > 1 && now - since >= rules.quiet)) return true
  if (sign === "away") return last === undefined || now - last.at >= rules.justTaken
  return sign === "unclear" && now - since >= rules.alone
}

const mayCount = (
  rules: Rules,
  health: RuntimeHealth,
  suspects: RuntimeHealth["suspects"],
  standing: EventStanding,
  heard: ObservedResponse
) => {
  const { now, conversation, refusals } = heard
  const other = health.taken.find((one) => one.conversation !== conversation)
  const { badTurn, countedAt, refusedSince = now } = standing
  const lone = [...suspects.keys()].every((key) => key === keyOf(heard))
  const recent = lone && other !== undefined && now - other.at <= rules.recently
  const others = badTurn === undefined ? recent : other !== undefined && other.turn > badTurn
  if (others) {
    const last = countedAt ?? (refusals === 0 ? Number.NEGATIVE_INFINITY : refusedSince)
    return now - last >= rules.countEvery ? "others" : undefined
  }
  return lone && now - (countedAt ?? refusedSince) >= rules.countAloneEvery ? "alone" : undefined
}

/** While the runtime was there. */
const whilePresent = (
  rules: Rules,
  health: RuntimeHealth,
  standing: EventStanding,
  heard: ObservedResponse
): Judgement => {
  const { sign, now, conversation } = heard
  const turn = health.turn + 1
  const other = health.taken.find((one) => one.conversation !== conversation)
  const before = standing.badTurn
  const apart = before !== undefined && other !== undefined && other.turn > before
  const singledOut = sign !== "unreached" && (standing.singledOut || apart)
  const suspects = singledOut ? health.suspects : suspecting(rules, health.suspects, heard)
  const away = sign === "unreached" || (!singledOut && isAway(rules, health, suspects, heard))
  const counts = away || sign !== "refused" ? undefined : mayCount(rules, health, suspects, standing, heard)
  return {
    health: { turn, taken: health.taken, suspects, ...(away ? { away: sign } : {}) },
    standing: {
      ...standing,
      held: standing.held + (away ? 0 : 1),
      badTurn: turn,
      singledOut,
      ...(sign === "refused" ? { refusedSince: standing.refusedSince ?? now } : {}),
      ...(counts === undefined ? {} : { countedAt: now })
    },
    ...(counts === undefined ? {} : { counts })
  }
}

/**
 * While the runtime is away nothing counts. A refusal shows that it answers again, and the comparison begins anew: it is back
 * where the same event is refused twice and no other is in between.
 */
const whileAway = (
  rules: Rules,
  health: RuntimeHealth,
  standing: EventStanding,
  heard: ObservedResponse
): Judgement => {
  const { refusedSince: _, ...kept } = standing
  const turn = health.turn + 1
  const { sign } = heard
  const begins = sign === "refused" && health.away !== "refused"
  const suspects = suspecting(rules, begins ? new Map() : health.suspects, heard)
  const back = sign === "refused" && !begins && suspects.size === 1
  return {
    health: { turn, taken: health.taken, suspects, ...(back ? {} : { away: sign }) },
    standing: { ...kept, badTurn: turn }
  }
}

/** Returns what one answer changes. A 2xx to a delivery that began before the runtime went away does not bring it back. */
export const judgeResponse = (
  rules: Rules,
  health: RuntimeHealth,
  standing: EventStanding,
  heard: ObservedResponse
): Judgement => {
  if (heard.sign !== "taken") {
    return health.away === undefined
      ? whilePresent(rules, health, standing, heard)
      : whileAway(rules, health, standing, heard)
  }
  const turn = health.turn + 1
  const taken = takenBy(health, heard)
  const away = heard.stale === true ? health.away : undefined
  return {
    health:
      away === undefined
        ? { turn, taken, suspects: unheard.suspects }
        : { turn, taken, suspects: health.suspects, away },
    standing
  }
}
