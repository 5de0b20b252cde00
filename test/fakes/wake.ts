import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layer as real, type Waiter, Wake } from "../../src/inbound/wake.ts"
import type { Deployment } from "../../src/partition/deployment.ts"
import { journal, type Journal } from "./journal.ts"

/** When workers had nothing to do and began to wait, oldest first. */
export class WakeCalls extends Context.Service<
  WakeCalls,
  { readonly next: Journal<{ readonly consumer: Waiter; readonly partition: number }> }
>()("comporta/test/WakeCalls") {}

/** The wake, observed. */
export const observedWake: Layer.Layer<Wake | WakeCalls, never, Deployment> = Layer.effectContext(
  Effect.map(Wake, (wake) => {
    const next = journal<{ readonly consumer: Waiter; readonly partition: number }>()
    return Context.make(WakeCalls, { next }).pipe(
      Context.add(Wake, {
        notify: wake.notify,
        next: (consumer, partition) =>
          Effect.suspend(() => {
            next.record({ consumer, partition })
            return wake.next(consumer, partition)
          })
      })
    )
  })
).pipe(Layer.provide(real))
