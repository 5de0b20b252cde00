import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type Attempt,
  type Caller,
  NotSent,
  OutcomeUnknown,
  type ProviderAnswer,
  ProviderHttp,
  type ProviderRequest
} from "../../src/connector/provider-http.ts"
import { journal, type Journal } from "../fakes/journal.ts"

type End = Effect.Effect<ProviderAnswer, NotSent | OutcomeUnknown>
type Respond = (nth: number, request: ProviderRequest) => End

/** Records calls of a provider, and scripts its connections and responses. */
export class Provider extends Context.Service<
  Provider,
  {
    /** Every call that began, whether its first byte left or not. */
    readonly attempts: Journal<ProviderRequest>
    /** Every request whose first byte left: the provider may have acted on it. */
    readonly sent: Journal<ProviderRequest>
    /** Scripts all later responses; `nth` counts those whose first byte left from 1. */
    readonly respondsWith: (say: Respond) => void
    /** Scripts all later connections; `nth` counts calls from 1. */
    readonly connects: (connect: (nth: number) => Effect.Effect<void, NotSent>) => void
  }
>()("comporta/test/Provider") {}

export const status = (code: number, body = ""): End => Effect.succeed({ status: code, headers: {}, body })
export const sent = (messageId = "m-1") => status(200, messageId)
export const noAnswer: End = Effect.suspend(() => new OutcomeUnknown({ reason: "timeout" }))
export const notConnected = Effect.suspend(() => new NotSent({ reason: "refused" }))

export const provider: Layer.Layer<ProviderHttp | Provider> = Layer.effectContext(
  Effect.sync(() => {
    const attempts = journal<ProviderRequest>()
    const left = journal<ProviderRequest>()
    let say: Respond = () => sent()
    let connect: (nth: number) => Effect.Effect<void, NotSent> = () => Effect.void
    const caller = (attempt?: Attempt): Caller => ({
      call: (request) =>
        Effect.gen(function* () {
          attempts.record(request)
          yield* connect(attempts.all.length)
          if (attempt !== undefined && !attempt.mayStart()) return yield* new NotSent({ reason: "too_late" })
          left.record(request)
          return yield* say(left.all.length, request)
        }),
      open: () => Effect.die("no intent opens an answer")
    })
    return Context.make(ProviderHttp, { ...caller(), within: caller }).pipe(
      Context.add(Provider, {
        attempts,
        sent: left,
        respondsWith: (next) => {
          say = next
        },
        connects: (next) => {
          connect = next
        }
      })
    )
  })
)
