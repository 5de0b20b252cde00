import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InboundEvent } from "../domain/event.ts"
import type { Personal } from "../domain/personal.ts"
import type { AnswerProblem, ReplyIntent } from "./answer.ts"

/** What the company's application said to one event (DESIGN §8.6). */
export type RuntimeAnswer =
  /** 2xx; with the intents that it carries, where it does (G32). */
  | { readonly _tag: "Acknowledged"; readonly intents?: Personal<ReadonlyArray<ReplyIntent>> }
  /** 410 and other 4xx but 408, 425 and 429, or a 2xx whose intents cannot be read: counts against this event. */
  | { readonly _tag: "Refused"; readonly status: number; readonly problem?: AnswerProblem }
  /**
   * Not reachable, timed out, cut off, 408, 425, 429, 3xx, 5xx: counts against nothing (G33). `reason` is a fixed word or
   * `http_` and the status. `retryAfter` in milliseconds, where a 429 or 503 asked for it. `unreached`: no byte of the
   * event got there, so that it says nothing about the event.
   */
  | { readonly _tag: "Held"; readonly reason: string; readonly retryAfter?: number; readonly unreached?: true }

/** The company's own application, pushed one event at a time. */
export class Runtime extends Context.Service<
  Runtime,
  { readonly deliver: (event: InboundEvent) => Effect.Effect<RuntimeAnswer> }
>()("comporta/inbound/Runtime") {}
