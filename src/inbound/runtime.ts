import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InboundEvent } from "../domain/event.ts"

/** What the company's application said to one event (DESIGN §8.6). */
export type RuntimeAnswer =
  /** 2xx. */
  | { readonly _tag: "Acknowledged" }
  /** 410 and other 4xx but 429: counts against this event. */
  | { readonly _tag: "Refused"; readonly status: number }
  /** Not reachable, timed out, 429, 3xx, 5xx: counts against nothing. `retryAfter` in milliseconds, where it asked. */
  | { readonly _tag: "Held"; readonly reason: string; readonly retryAfter?: number }

/** The company's own application, pushed one event at a time. */
export class Runtime extends Context.Service<
  Runtime,
  { readonly deliver: (event: InboundEvent) => Effect.Effect<RuntimeAnswer> }
>()("comporta/inbound/Runtime") {}
