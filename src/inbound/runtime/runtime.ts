import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InboundEvent } from "../../domain/event.ts"
import type { Personal } from "../../domain/personal.ts"
import type { AnswerProblem, ReplyIntent } from "./response.ts"
import type { ResponseSign } from "./response-table.ts"

/** What the company's application said to one event, by `answer-table.ts`. */
export type RuntimeAnswer =
  /** 2xx; with the intents that it carries, where it does (G32). */
  | { readonly _tag: "Acknowledged"; readonly intents?: Personal<ReadonlyArray<ReplyIntent>> }
  /** Counts against this event while other conversations are taken (G48). */
  | { readonly _tag: "Refused"; readonly status: number; readonly problem?: AnswerProblem }
  /**
   * Counts against nothing (G33). `reason` is a fixed word or `http_` and the status. `retryAfter` in milliseconds, where a 429
   * or 503 asked for it.
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

/** Returns the failure code of an answer that is no 2xx. */
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

/** The company's own application, pushed one event at a time. */
export class Runtime extends Context.Service<
  Runtime,
  { readonly deliver: (event: InboundEvent) => Effect.Effect<RuntimeAnswer> }
>()("comporta/inbound/Runtime") {}
