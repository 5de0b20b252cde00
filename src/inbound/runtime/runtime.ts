import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InboundEvent } from "../../domain/event.ts"
import type { Personal } from "../../domain/personal.ts"
import type { AnswerProblem, ReplyIntent } from "./response.ts"
import type { ResponseSign } from "./response-table.ts"

/** The runtime's answer to one event, by `response-table.ts`. */
export type RuntimeAnswer =
  /** 2xx, with its intents if it has any (G32). */
  | { readonly _tag: "Acknowledged"; readonly intents?: Personal<ReadonlyArray<ReplyIntent>> }
  /** Counts against this event while other conversations get a 2xx (G48). */
  | { readonly _tag: "Refused"; readonly status: number; readonly problem?: AnswerProblem }
  /**
   * Does not count against the event (G33). `reason` is a fixed word, or `http_` and the status. `retryAfter` is in
   * milliseconds, when a 429 or 503 had one.
   */
  | {
      readonly _tag: "Held"
      readonly reason: string
      readonly sign: Exclude<ResponseSign, "taken" | "refused">
      readonly retryAfter?: number
    }

export const signOf = (answer: RuntimeAnswer): ResponseSign => {
  switch (answer._tag) {
    case "Acknowledged":
      return "taken"
    case "Refused":
      return "refused"
    case "Held":
      return answer.sign
  }
}

/** Returns the failure code of an answer. Returns `none` for a 2xx. */
export const runtimeAnswerCode = (answer: RuntimeAnswer): string => {
  switch (answer._tag) {
    case "Acknowledged":
      return "none"
    case "Refused":
      return answer.problem ?? `http_${answer.status}`
    case "Held":
      return answer.reason
  }
}

/** The runtime. It receives each event in one request. */
export class Runtime extends Context.Service<
  Runtime,
  { readonly deliver: (event: InboundEvent) => Effect.Effect<RuntimeAnswer> }
>()("comporta/inbound/Runtime") {}
