import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Ownership } from "../../src/inbound/event-log/event-log.ts"
import { Replies } from "../../src/inbound/replies/replies.ts"
import { type Faults, faults } from "./faults.ts"
import { journal } from "./journal.ts"

interface Operations {
  readonly acknowledge: { readonly owner: Ownership; readonly position: number; readonly record: string }
  readonly pending: number
  readonly done: { readonly owner: Ownership; readonly position: number }
  readonly waiting: void
}

/** Records the calls to the replies and scripts the failures of the next ones. */
export class RepliesFaults extends Context.Service<RepliesFaults, Faults<Operations>>()(
  "comporta/test/RepliesFaults"
) {}

/** Wraps replies: records each call and fails as the test scripts. */
export const faultyReplies = <E, R>(inner: Layer.Layer<Replies, E, R>): Layer.Layer<Replies | RepliesFaults, E, R> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const replies = yield* Replies
      const { controls, through } = faults<Operations>({
        acknowledge: journal(),
        pending: journal(),
        done: journal(),
        waiting: journal()
      })
      return Context.make(RepliesFaults, controls).pipe(
        Context.add(Replies, {
          acknowledge: (owner, position, answer) =>
            through(
              "acknowledge",
              { owner, position, record: answer.record },
              replies.acknowledge(owner, position, answer)
            ),
          pending: (partition, after, limit) => through("pending", partition, replies.pending(partition, after, limit)),
          done: (owner, position) => through("done", { owner, position }, replies.done(owner, position)),
          waiting: through("waiting", undefined, replies.waiting)
        })
      )
    })
  ).pipe(Layer.provide(inner))
