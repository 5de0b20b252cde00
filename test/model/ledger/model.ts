import type { FailureReport } from "../../../src/domain/failure.ts"
import { line, type Operation } from "./operations.ts"

/** What has been told about one attempt. Everything else follows from it. */
interface Attempt {
  readonly number: number
  readonly token: string
  readonly deadline: number
  readonly verdict?: "sent" | "failed" | "in_doubt" | "accepted"
  readonly proofs: number
  /** An attempt before it, taken for a failure, was proven after all. */
  readonly contradicted?: true
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

const judged = ({ verdict, proofs, denied, contradicted }: Attempt) => {
  if (contradicted === true && (verdict !== undefined || proofs > 0 || denied)) return "disputed"
  if (proofs > 0 && verdict === "failed") return "disputed"
  if (proofs > 0 || verdict === "sent") return "sent"
  return denied || verdict === "failed" ? "failed" : (verdict ?? "claimed")
}

const stateOf = (attempt: Attempt, now: number) => {
  const state = judged(attempt)
  return state === "claimed" && now >= attempt.deadline ? "in_doubt" : state
}

/** Of several reports the one that allows less, whatever came first. */
const gravest = (denials: ReadonlyArray<FailureReport>) =>
  denials.toSorted((a, b) => Number(a.transient) - Number(b.transient) || (a.code < b.code ? -1 : 1))[0]

const failureOf = (attempt: Attempt) => {
  const state = judged(attempt)
  if (state === "failed") return gravest(attempt.denials) ?? attempt.own
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

const claim = (model: Model, { token, content, hours }: Asked<"claim">, now: number): Step => {
  const begin = (number: number, before: Model): Step => [
    {
      attempt: { number, token, deadline: now + hours, proofs: 0, denials: [], denied: false, delivery: "-" },
      content,
      tombstoneUntil: before.tombstoneUntil,
      tokens: before.tokens,
      tokensUntil: before.tokensUntil
    },
    `Claimed ${number}`
  ]
  const fate = model.tokens.get(token)
  if (fate === "released") return [model, "Released"]
  const { attempt } = model
  if (attempt === undefined) return now < model.tombstoneUntil ? [model, "Expired"] : begin(1, model)
  if (model.content !== content) return [model, "OtherContent"]
  const state = stateOf(attempt, now)
  const own = attempt.token === token
  if (own && state === "claimed") return [model, `Claimed ${attempt.number}`]
  const failure = failureOf(attempt)
  const passing = failure?.certainty === "not_applied" && failure.transient
  if (state !== "failed" || !passing || own || fate !== undefined) return [model, `Held ${state}`]
  return begin(attempt.number + 1, buried(model, attempt.token, attempt.number, now))
}

const release = (model: Model, { token, failure }: Asked<"release">, now: number): Step => {
  const { attempt } = model
  if (attempt?.token !== token) return [buried(model, token, "released", now), "released"]
  if (attempt.verdict !== undefined) return [model, "released"]
  const after = written(model, attempt, { ...attempt, verdict: "failed", own: failure }, now)
  return [buried(after, token, "released", now), "released"]
}

const settle = (model: Model, asked: Asked<"settle">, now: number): Step => {
  const { attempt } = model
  if (attempt === undefined) return [model, "not its own"]
  const stands = (after: Model, current: Attempt): Step => [after, `stands as ${stateOf(current, now)}`]
  if (attempt.token !== asked.token || attempt.number !== asked.attempt) {
    return model.tokens.get(asked.token) === asked.attempt ? stands(model, attempt) : [model, "not its own"]
  }
  const { settlement } = asked
  const first = attempt.verdict === undefined
  const proves = settlement.state === "sent" && attempt.verdict !== "sent" && attempt.proofs === 0
  if (!first && !proves) return stands(model, attempt)
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

const evidence = (model: Model, asked: Asked<"evidence">, now: number): Step => {
  const { attempt } = model
  if (attempt === undefined) return [model, "NoEvidence unknown"]
  const status = rank.includes(asked.status) ? asked.status : "other"
  const failed = status === "failed"
  if (attempt.number !== asked.attempt) {
    if (failed || asked.attempt > attempt.number) return [model, "NoEvidence other_attempt"]
    const after: Attempt = { ...attempt, contradicted: true }
    const disputes = judged(after) === "disputed" && judged(attempt) !== "disputed"
    const answer = disputes ? `Applied, before ${stateOf(attempt, now)}` : "NoEvidence other_attempt"
    return [written(model, attempt, after, now), answer]
  }
  const after: Attempt = {
    ...attempt,
    proofs: attempt.proofs + (failed ? 0 : 1),
    denied: attempt.denied || failed,
    denials: asked.failure === undefined ? attempt.denials : [...attempt.denials, asked.failure],
    delivery: rank.indexOf(status) > rank.indexOf(attempt.delivery) ? status : attempt.delivery,
    receipt: attempt.receipt?.messageId === undefined ? { messageId: asked.messageId } : attempt.receipt
  }
  return [written(model, attempt, after, now), `Applied, before ${stateOf(attempt, now)}`]
}

/** What the ledger must say to this, and what it knows afterwards. */
export const tell = (known: Model, operation: Operation, now: number): Step => {
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
  }
}

/** The record that must be read at this hour, as `lineOf` writes it. */
export const mustRead = (known: Model, now: number): string => {
  const { attempt, tombstoneUntil } = present(known, now)
  if (attempt === undefined) return now < tombstoneUntil ? "expired" : "nothing"
  const { number, delivery, receipt } = attempt
  return line({ state: stateOf(attempt, now), attempt: number, delivery, failure: failureOf(attempt)?.code, receipt })
}
