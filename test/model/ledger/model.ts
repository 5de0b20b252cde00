import type { FailureReport } from "../../../src/domain/failure.ts"
import { resolvedFailure } from "../../../src/outbound/doubt/resolve.ts"
import { line, type Operation } from "./operations.ts"

/** What has been told about one attempt. Everything else follows from it. */
interface Attempt {
  readonly number: number
  readonly token: string
  /** Of a claim; what is accepted has none. */
  readonly deadline?: number
  readonly verdict?: "sent" | "failed" | "in_doubt" | "accepted"
  /** The verdict is a person's. */
  readonly judged?: true
  /** An attempt before it, which had been taken for a failure, was sent after all. */
  readonly contradicted?: true
  /** It was accepted, and waits in a lane where it certainly did nothing. */
  readonly lane: boolean
  readonly proofs: number
  readonly denials: ReadonlyArray<FailureReport>
  readonly denied: boolean
  readonly own?: FailureReport
  readonly delivery: string
  readonly receipt?: { readonly messageId?: string }
}

/** The contract of the ledger for one intent, as small as it can be said. Hours are the unit of time. */
export interface Model {
  readonly attempt: Attempt | undefined
  readonly content: string
  /** Of an ended record; an open one has none (G23). */
  readonly keepUntil?: number
  readonly tombstoneUntil: number
  readonly tokens: ReadonlyMap<string, "released" | number>
  readonly tokensUntil: number
}

export const nothing: Model = { attempt: undefined, content: "", tombstoneUntil: 0, tokens: new Map(), tokensUntil: 0 }

const [day, keep, tombstones] = [24, 30 * 24, 400 * 24]

const judged = ({ verdict, judged, contradicted, proofs, denied }: Attempt) => {
  const did = proofs > 0
  if (verdict === undefined && !did && !denied) return "claimed"
  if (contradicted === true) return "disputed"
  if (judged === true && verdict === "sent" && denied) return "disputed"
  if (did && (verdict === "failed" || verdict === "accepted")) return "disputed"
  if (did || verdict === "sent") return "sent"
  return denied ? "failed" : (verdict ?? "claimed")
}

const stateOf = (attempt: Attempt, now: number) => {
  const state = judged(attempt)
  return state === "claimed" && now >= (attempt.deadline ?? Infinity) ? "in_doubt" : state
}

/** Of several reports the one that allows less, whatever came first. */
const gravest = (denials: ReadonlyArray<FailureReport>) =>
  denials.toSorted((a, b) => Number(a.transient) - Number(b.transient) || (a.code < b.code ? -1 : 1))[0]

const failureOf = (attempt: Attempt) => {
  const state = judged(attempt)
  if (state === "failed" || state === "accepted") return gravest(attempt.denials) ?? attempt.own
  if (state === "sent") return attempt.delivery === "failed" ? gravest(attempt.denials) : undefined
  return attempt.own
}

/** What is still there at this hour. */
const present = (model: Model, now: number): Model => {
  const tokens = now < model.tokensUntil ? model.tokens : new Map<string, "released" | number>()
  if (model.keepUntil === undefined || now < model.keepUntil) return { ...model, tokens }
  const { keepUntil: _, ...rest } = model
  return { ...rest, tokens, attempt: undefined }
}

const written = (model: Model, before: Attempt, attempt: Attempt, now: number): Model => {
  const state = judged(attempt)
  if (state === judged(before)) return { ...model, attempt }
  const { keepUntil: _, ...open } = model
  if (state !== "sent" && state !== "failed") return { ...open, attempt }
  return { ...open, attempt, keepUntil: now + keep, tombstoneUntil: now + tombstones }
}

const buried = (model: Model, token: string, fate: "released" | number, now: number): Model => ({
  ...model,
  tokens: new Map(model.tokens).set(token, model.tokens.get(token) ?? fate),
  tokensUntil: now + day
})

type Step = readonly [Model, string]
type Asked<Tag extends Operation["_tag"]> = Extract<Operation, { _tag: Tag }>

const fresh = { proofs: 0, denials: [], denied: false, delivery: "-" } as const

/** Another attempt in place of the one before, whose token is remembered. */
const newAttempt = (model: Model, content: string, attempt: Attempt, now: number): Model => {
  const { keepUntil: _, ...rest } = model
  const before = model.attempt
  const open = { ...rest, content, attempt }
  return before === undefined ? open : buried(open, before.token, before.number, now)
}

const passes = (attempt: Attempt) => {
  const failure = failureOf(attempt)
  return judged(attempt) === "failed" && failure?.certainty === "not_applied" && failure.transient
}

const accept = (model: Model, { token, content }: Asked<"accept">, now: number): Step => {
  const { attempt } = model
  const begin = (number: number): Step => [
    newAttempt(model, content, { ...fresh, number, token, verdict: "accepted", lane: true }, now),
    "Accepted"
  ]
  if (attempt === undefined) return now < model.tombstoneUntil ? [model, "Expired"] : begin(0)
  if (model.content !== content) return [model, "OtherContent"]
  const own = attempt.token === token
  if (own && judged(attempt) === "accepted") return [model, "Accepted"]
  return !own && passes(attempt) ? begin(attempt.number) : [model, `Held ${stateOf(attempt, now)}`]
}

const claim = (model: Model, { token, content, hours, accepted }: Asked<"claim">, now: number): Step => {
  const begin = (number: number): Step => [
    newAttempt(model, content, { ...fresh, number, token, deadline: now + hours, lane: accepted }, now),
    `Claimed ${number}`
  ]
  const fate = model.tokens.get(token)
  if (fate === "released") return [model, "Released"]
  const { attempt } = model
  if (attempt === undefined) return now < model.tombstoneUntil || accepted ? [model, "Expired"] : begin(1)
  if (model.content !== content) return [model, "OtherContent"]
  const state = stateOf(attempt, now)
  const own = attempt.token === token
  if (own && state === "claimed") return [model, `Claimed ${attempt.number}`]
  const free = accepted ? state === "accepted" : passes(attempt)
  return free && !own && fate === undefined ? begin(attempt.number + 1) : [model, `Held ${state}`]
}

/** A person said that it was sent, and its own call says that it did nothing. */
const deny = (model: Model, attempt: Attempt, now: number): Model =>
  attempt.judged === true && attempt.verdict === "sent"
    ? written(model, attempt, { ...attempt, denied: true }, now)
    : model

const release = (model: Model, { token, failure }: Asked<"release">, now: number): Step => {
  const { attempt } = model
  if (attempt?.token !== token) return [buried(model, token, "released", now), "released"]
  if (attempt.verdict !== undefined) return [deny(model, attempt, now), "released"]
  const verdict = attempt.lane ? "accepted" : "failed"
  const after = written(model, attempt, { ...attempt, verdict, own: failure }, now)
  return [buried(after, token, "released", now), "released"]
}

const settle = (model: Model, request: Asked<"settle">, now: number): Step => {
  const { attempt } = model
  if (attempt === undefined) return [model, "not its own"]
  const stands = (after: Model, current: Attempt): Step => [after, `stands as ${stateOf(current, now)}`]
  if (attempt.token !== request.token || attempt.number !== request.attempt) {
    if (model.tokens.get(request.token) !== request.attempt) return [model, "not its own"]
    if (request.settlement.state !== "sent") return stands(model, attempt)
    const doubted: Attempt = { ...attempt, contradicted: true }
    return stands(written(model, attempt, doubted, now), doubted)
  }
  const { settlement } = request
  const first = attempt.verdict === undefined
  const proves = settlement.state === "sent" && attempt.verdict !== "sent" && attempt.proofs === 0
  if (!first && !proves) {
    const didNot = settlement.state === "failed" || settlement.state === "accepted"
    if (settlement.state === "sent" && attempt.judged && attempt.receipt?.messageId === undefined) {
      const named = settlement.receipt.messageId === undefined ? attempt : { ...attempt, receipt: settlement.receipt }
      return stands(written(model, attempt, named, now), named)
    }
    const after = didNot ? deny(model, attempt, now) : model
    return stands(after, after.attempt ?? attempt)
  }
  const after: Attempt = {
    ...attempt,
    ...(first ? { verdict: settlement.state } : { proofs: attempt.proofs + 1 }),
    ...(settlement.state === "sent"
      ? { receipt: settlement.receipt.messageId === undefined ? (attempt.receipt ?? {}) : settlement.receipt }
      : { own: settlement.failure })
  }
  return stands(written(model, attempt, after, now), after)
}

/** `delivered` and what follows it outrank `failed` in either order (G19). */
const rank = ["-", "other", "sent", "failed", "delivered", "read"]

const evidence = (model: Model, request: Asked<"evidence">, now: number): Step => {
  const { attempt } = model
  if (attempt === undefined) return [model, "NoEvidence unknown"]
  const status = rank.includes(request.status) ? request.status : "other"
  const failed = status === "failed"
  const before = stateOf(attempt, now)
  if (attempt.number !== request.attempt) {
    if (failed || request.attempt > attempt.number) return [model, "NoEvidence other_attempt"]
    const doubted: Attempt = { ...attempt, contradicted: true }
    const news = judged(doubted) === "disputed" && judged(attempt) !== "disputed"
    return [written(model, attempt, doubted, now), news ? `Applied, before ${before}` : "NoEvidence other_attempt"]
  }
  const after: Attempt = {
    ...attempt,
    proofs: attempt.proofs + (failed ? 0 : 1),
    denied: attempt.denied || failed,
    denials: request.failure === undefined ? attempt.denials : [...attempt.denials, request.failure],
    delivery: rank.indexOf(status) > rank.indexOf(attempt.delivery) ? status : attempt.delivery,
    receipt: attempt.receipt?.messageId === undefined ? { messageId: request.messageId } : attempt.receipt
  }
  return [written(model, attempt, after, now), `Applied, before ${before}`]
}

/** A person's verdict ends what is open, and what had been said before it counts no more. */
const resolve = (model: Model, { verdict, attempt: request }: Asked<"resolve">, now: number): Step => {
  const { attempt } = model
  if (attempt === undefined) return [model, "unknown"]
  const before = stateOf(attempt, now)
  if ((before !== "in_doubt" && before !== "disputed") || request !== attempt.number) return [model, "NotOpen"]
  if (verdict === "not_sent" && now < (attempt.deadline ?? 0)) return [model, "TooEarly"]
  const { own: _own, contradicted: _contradicted, ...rest } = attempt
  const after: Attempt = {
    ...rest,
    ...fresh,
    delivery: attempt.delivery,
    judged: true,
    ...(verdict === "sent" ? { verdict } : { verdict: "failed", own: resolvedFailure(before) })
  }
  return [written(model, attempt, after, now), `Resolved, before ${before}`]
}

/** What the ledger must say to this, and what it knows afterwards. */
export const transition = (known: Model, operation: Operation, now: number): Step => {
  const model = present(known, now)
  switch (operation._tag) {
    case "claim":
      return claim(model, operation, now)
    case "release":
      return release(model, operation, now)
    case "settle":
      return settle(model, operation, now)
    case "evidence":
      return evidence(model, operation, now)
    case "accept":
      return accept(model, operation, now)
    case "resolve":
      return resolve(model, operation, now)
  }
}

/** The record that must be read at this hour, as `lineOf` writes it. */
export const mustRead = (known: Model, now: number): string => {
  const { attempt, tombstoneUntil } = present(known, now)
  if (attempt === undefined) return now < tombstoneUntil ? "expired" : "nothing"
  const { number, delivery, receipt } = attempt
  return line({ state: stateOf(attempt, now), attempt: number, delivery, failure: failureOf(attempt)?.code, receipt })
}
