/**
 * What one answer says. `taken`: the event is done. `refused`: about this event, unless others are refused too. `busy`: wait.
 * `unclear`: this event or the runtime. `away`: any event would have got it. `unreached`: nothing of the event got there.
 */
export type ResponseSign = "taken" | "refused" | "busy" | "unclear" | "away" | "unreached"

/** First and last of a range of statuses. */
type Statuses = readonly [first: number, last: number]

export interface AnswerRow {
  readonly sign: ResponseSign
  readonly statuses?: ReadonlyArray<Statuses>
  /** Only with a `Retry-After` that can be read. */
  readonly retryAfter?: true
  /** How the transport failed, where there is no whole answer. */
  readonly reasons?: ReadonlyArray<string>
}

const one = (status: number): Statuses => [status, status]

/** Every answer of a runtime and what it means (G48): the first row that fits. The guide shows this table. */
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

/** Returns the sign of a status; what no row names is `unclear`. */
export const signOfStatus = (status: number, retryAfter: boolean): ResponseSign =>
  answerTable.find(
    (row) =>
      row.statuses?.some(([first, last]) => status >= first && status <= last) === true &&
      (row.retryAfter !== true || retryAfter)
  )?.sign ?? "unclear"

/** Returns the sign of a delivery without a whole answer that could be read. */
export const signOfReason = (reason: string): ResponseSign =>
  answerTable.find((row) => row.reasons?.includes(reason))?.sign ?? "unclear"
