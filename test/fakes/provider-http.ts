import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import {
  type Attempt,
  type Caller,
  NotSent,
  type OutcomeUnknown,
  type ProviderAnswer,
  ProviderHttp,
  type ProviderRequest
} from "../../src/connector/provider-http.ts"

/** The result of a call: a response of the provider, or a failure on the wire. */
export type Scripted = ProviderAnswer | NotSent | OutcomeUnknown

/** Records the requests that were sent and scripts the results of the next calls. */
export class ProviderScript extends Context.Service<
  ProviderScript,
  {
    /** Every request whose first byte left, in order. */
    readonly sent: Effect.Effect<ReadonlyArray<ProviderRequest>>
    /** Scripts the results of the next calls, in order. A call without a scripted result is a defect of the test. */
    readonly next: (...ends: ReadonlyArray<Scripted>) => Effect.Effect<void>
  }
>()("comporta/test/ProviderScript") {}

export const answered = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {}
): ProviderAnswer => ({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) })

/** Provides a scripted provider within this process. */
export const scriptedProvider: Layer.Layer<ProviderHttp | ProviderScript> = Layer.effectContext(
  Effect.gen(function* () {
    const sent = yield* Ref.make<ReadonlyArray<ProviderRequest>>([])
    const ends = yield* Ref.make<ReadonlyArray<Scripted>>([])
    const caller = (attempt?: Attempt): Caller => {
      const call: Caller["call"] = Effect.fnUntraced(function* (request) {
        if (attempt !== undefined && !attempt.mayStart()) return yield* new NotSent({ reason: "too_late" })
        const end = yield* Ref.modify(ends, ([first, ...rest]) => [first, rest])
        if (end === undefined) return yield* Effect.die(`unscripted call of ${request.method} ${request.url}`)
        if ("_tag" in end && end._tag === "NotSent") return yield* end
        yield* Ref.update(sent, (requests) => [...requests, request])
        return "_tag" in end ? yield* end : end
      })
      return {
        call,
        open: (request) =>
          Effect.map(call(request), ({ body, ...head }) => ({
            ...head,
            body: Stream.make(new TextEncoder().encode(body))
          }))
      }
    }
    return Context.make(ProviderHttp, { ...caller(), within: caller }).pipe(
      Context.add(ProviderScript, {
        sent: Ref.get(sent),
        next: (...more) => Ref.update(ends, (known) => [...known, ...more])
      })
    )
  })
)
