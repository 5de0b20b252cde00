import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CapabilityId, CorrelationId, IntentId } from "../../src/domain/ids.ts"
import type { IntentAnswer } from "../../src/outbound/send/intent-result.ts"
import { Intents, type NotAnIntent, type Submission, type SubmitResult } from "../../src/outbound/submit/intents.ts"
import type { NotConfigured } from "../../src/outbound/intent/resolve-target.ts"
import { journal, type Journal } from "./journal.ts"

type End = Effect.Effect<IntentAnswer, NotAnIntent | NotConfigured>

/** Records submissions and scripts their results. */
export class ScriptedIntents extends Context.Service<
  ScriptedIntents,
  {
    /** Every submission, oldest first. */
    readonly submitted: Journal<Submission>
    /** Scripts the result of all later submissions. */
    readonly ends: (end: End) => void
  }
>()("comporta/test/ScriptedIntents") {}

/** Makes the result of one intent; `more` overrides its members. */
export const answerWith = (more: Partial<IntentAnswer> = {}): IntentAnswer => ({
  intentId: IntentId.make(`int_${"1".repeat(32)}`),
  outcome: "sent",
  state: "sent",
  safeNewKey: false,
  capabilityId: CapabilityId.make("fixture.post"),
  protection: "verified",
  correlationId: CorrelationId.make(`cor_${"2".repeat(32)}`),
  ...more
})

/** Provides intents within this process; each is sent until a test scripts another result. */
export const scriptedIntents: Layer.Layer<Intents | ScriptedIntents> = Layer.effectContext(
  Effect.sync(() => {
    const submitted = journal<Submission>()
    let end: End = Effect.succeed(answerWith({ receipt: { messageId: "m-1" } }))
    const submit = (submission: Submission) =>
      Effect.suspend(() => {
        submitted.record(submission)
        return end
      })
    const ends = (next: End) => {
      end = next
    }
    const begin = (submission: Submission, onResult: (submitResult: SubmitResult) => void) =>
      Effect.runFork(submit(submission)).addObserver(onResult)
    return Context.make(Intents, { begin, submit }).pipe(Context.add(ScriptedIntents, { submitted, ends }))
  })
)
