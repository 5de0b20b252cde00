/**
 * Meaning of one answer. `taken`: the event is delivered. `refused`: the runtime rejects this event, or all events. `busy`:
 * the runtime asks for a delay. `unclear`: the event or the runtime is the cause. `away`: any event would get this answer.
 * `unreached`: the runtime received nothing of the event.
 */
export type ResponseSign = "taken" | "refused" | "busy" | "unclear" | "away" | "unreached"

/** First and last of a range of statuses. */
type Statuses = readonly [first: number, last: number]

export interface AnswerRow {
  readonly sign: ResponseSign
  readonly statuses?: ReadonlyArray<Statuses>
  /** When set, the row matches only an answer with a valid `Retry-After`. */
  readonly retryAfter?: true
  /** Failures of the transport, when no complete answer arrived. */
  readonly reasons?: ReadonlyArray<string>
}

const one = (status: number): Statuses => [status, status]

/** Maps every answer of a runtime to its meaning (G48). The first row that matches applies. The guide shows this table. */
export const answerTable: ReadonlyArray<AnswerRow> = [
  { sign: "taken", statuses: [[200, 299]] },
  { sign: "busy", statuses: [one(429)] },
  { sign: "busy", statuses: [one(503)], retryAfter: true },
  {
    sign: "away",
    statuses: [[300, 399], one(401), [403, 405], one(407), one(421), one(502), one(504), one(511), [520, 530]]
  },
  { sign: "unclear", statuses: [one(408), one(425), [500, 599]] },
  { sign: "refused", statuses: [[400, 499]] },
  { sign: "refused", reasons: ["answer_malformed", "answer_too_large"] },
  { sign: "unclear", reasons: ["timeout", "connection_lost", "truncated"] },
  {
    sign: "unreached",
    reasons: [
      "refused",
      "dns",
      "tls",
      "connect_timeout",
      "network",
      "too_late",
      "invalid",
      "signing_secret",
      "header_secret"
    ]
  }
]

/** Returns the sign of a status. Returns `unclear` when no row matches. */
export const signOfStatus = (status: number, retryAfter: boolean): ResponseSign =>
  answerTable.find(
    (row) =>
      row.statuses?.some(([first, last]) => status >= first && status <= last) === true &&
      (row.retryAfter !== true || retryAfter)
  )?.sign ?? "unclear"

/** Returns the sign of a delivery without a complete, valid answer. Returns `unclear` when no row matches. */
export const signOfReason = (reason: string): ResponseSign =>
  answerTable.find((row) => row.reasons?.includes(reason))?.sign ?? "unclear"
