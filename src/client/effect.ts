import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Answer, RuntimeEvent } from "./event.ts"
import { type Marks, memoryMarks } from "./marks.ts"
import { type Reply, receiver } from "./receiver.ts"
import type { SignedHeaders, VerifyOptions } from "./verify.ts"

/** Where handled events are marked. */
export class EventMarks extends Context.Service<EventMarks, Marks>()("comporta/client/EventMarks") {
  /** Gone with the process: for tests, and for trying out. */
  static readonly memory: Layer.Layer<EventMarks> = Layer.sync(EventMarks, () => memoryMarks())
}

/** Receives deliveries from Comporta. */
export class Receiver extends Context.Service<
  Receiver,
  { readonly receive: (headers: Partial<SignedHeaders>, body: string) => Effect.Effect<Reply> }
>()("comporta/client/Receiver") {}

/** `handle` runs with what the layer is given; where it fails, nothing is marked and the event comes again. */
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
