import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { runtimeAnswer } from "../../layers/runtime-push/runtime-answer.ts"
import type { InboundEvent } from "../../src/domain/event.ts"
import { Personal } from "../../src/domain/personal.ts"
import type { ReplyIntent } from "../../src/inbound/runtime/response.ts"
import { Runtime, type RuntimeAnswer } from "../../src/inbound/runtime/runtime.ts"
import { journal, type Journal } from "./journal.ts"

type Respond = (event: InboundEvent, nth: number) => Effect.Effect<RuntimeAnswer>

/** Records deliveries to the runtime and scripts its responses. */
export class ScriptedRuntime extends Context.Service<
  ScriptedRuntime,
  {
    /** Every delivery that began, oldest first. */
    readonly deliveries: Journal<InboundEvent>
    /** Scripts all later responses; `nth` counts the deliveries of the same event from 1. */
    readonly respondsWith: (respond: Respond) => void
  }
>()("comporta/test/ScriptedRuntime") {}

export const acknowledged = Effect.succeed<RuntimeAnswer>({ _tag: "Acknowledged" })
export const answeredWith = (...intents: ReadonlyArray<ReplyIntent>) =>
  Effect.succeed<RuntimeAnswer>({ _tag: "Acknowledged", intents: Personal.of(intents) })
export const refusedWith = (status: number) => Effect.succeed<RuntimeAnswer>({ _tag: "Refused", status })
/** Holds the event. With `retryAfter` the runtime is busy; without, the event or the runtime may be at fault. */
export const held = (retryAfter?: number) =>
  Effect.succeed<RuntimeAnswer>(
    retryAfter === undefined
      ? { _tag: "Held", reason: "http_500", sign: "unclear" }
      : { _tag: "Held", reason: "http_503", sign: "busy", retryAfter }
  )
/** Returns the result of a complete response with this status. */
export const statusOf = (status: number) => Effect.succeed(runtimeAnswer({ status, headers: {}, body: "" }, 0))
/** The runtime cannot be reached. */
export const unreached = Effect.succeed<RuntimeAnswer>({ _tag: "Held", reason: "refused", sign: "unreached" })

/** Provides a runtime within this process; it acknowledges until a test scripts another response. */
export const scriptedRuntime: Layer.Layer<Runtime | ScriptedRuntime> = Layer.effectContext(
  Effect.sync(() => {
    const deliveries = journal<InboundEvent>()
    const attempts = new Map<InboundEvent["eventId"], number>()
    let respond: Respond = () => acknowledged
    const deliver = (event: InboundEvent) =>
      Effect.suspend(() => {
        const attempt = (attempts.get(event.eventId) ?? 0) + 1
        attempts.set(event.eventId, attempt)
        deliveries.record(event)
        return respond(event, attempt)
      })
    const respondsWith = (next: Respond) => {
      respond = next
    }
    return Context.make(Runtime, { deliver }).pipe(Context.add(ScriptedRuntime, { deliveries, respondsWith }))
  })
)
