import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Answer, RuntimeEvent } from "./event.ts"
import { type Marks, memoryMarks, receiver, type Reply } from "./receiver.ts"
import type { SignedHeaders, VerifyOptions } from "./verify.ts"

/** Store of the marks of handled events. */
export class EventMarks extends Context.Service<EventMarks, Marks>()("comporta/client/EventMarks") {
  /** Marks that are lost with the process: for tests and trials. */
  static readonly memory: Layer.Layer<EventMarks> = Layer.sync(EventMarks, () => memoryMarks())
}

/** Receives deliveries from Comporta. */
export class Receiver extends Context.Service<
  Receiver,
  { readonly receive: (headers: Partial<SignedHeaders>, body: string) => Effect.Effect<Reply> }
>()("comporta/client/Receiver") {}

/**
 * Builds a receiver. `handle` runs with the layer's context. When it fails, the event is not marked and the gateway
 * delivers it again.
 */
export const layer = <E, R>(
  options: VerifyOptions & { readonly handle: (event: RuntimeEvent) => Effect.Effect<Answer | void, E, R> }
): Layer.Layer<Receiver, never, EventMarks | R> =>
  Layer.effect(
    Receiver,
    Effect.gen(function* () {
      const marks = yield* EventMarks
      const run = Effect.runPromiseWith(yield* Effect.context<R>())
      const receive = receiver({ ...options, marks, handle: (event) => run(options.handle(event)) })
      return Receiver.of({ receive: (headers, body) => Effect.promise(() => receive(headers, body)) })
    })
  )
