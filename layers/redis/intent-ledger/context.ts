import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import { releasedTokenLife, type IntentRetention } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { Sealer } from "../../../src/secrets/sealer.ts"
import { RedisStore, type Script } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOfIntent } from "./keys.ts"
import { decodeIntentRecord } from "./codec.ts"

export const RecordReply = Schema.Tuple([Schema.Finite, Schema.Unknown])

/** The store's time in milliseconds, and the fields of a record as they arrive. */
export type TimedRecord = readonly [now: number, fields: unknown]

export const isList = (reply: unknown): reply is ReadonlyArray<unknown> => Array.isArray(reply)
/** Returns true when a reply is a time in milliseconds. */
export const isTime = (reply: unknown): reply is number => typeof reply === "number" && Number.isSafeInteger(reply)
export const isTimedRecord = (reply: unknown): reply is TimedRecord =>
  isList(reply) && reply.length === 2 && isTime(reply[0])

/**
 * Makes what every method about an intent needs: keys, retention, and functions that run a script and decode its reply.
 */
export const makeLedgerContext = Effect.fnUntraced(function* (retention: IntentRetention) {
  const store = yield* RedisStore
  const deployment = yield* Deployment
  const sealer = yield* Sealer
  const reading = { sealer, evidence: retention.evidence }

  const ask = <A>(reply: Schema.Codec<A, unknown>) => {
    const decode = Schema.decodeUnknownEffect(reply)
    return (script: Script, keys: ReadonlyArray<string>, args: ReadonlyArray<string | number>) =>
      store
        .run(script, keys, [deployment.id, ...args])
        .pipe(Effect.flatMap((answer) => Effect.mapError(decode(answer), () => unexpectedReply(script.name))))
  }
  /**
   * Runs a script and checks its reply without a schema, for the scripts of every send. `then` decodes the checked
   * reply.
   */
  const askFor =
    <A>(is: (reply: unknown) => reply is A) =>
    <B>(
      script: Script,
      keys: ReadonlyArray<string>,
      args: ReadonlyArray<string | number>,
      then: (answer: A) => Effect.Effect<B, InfraError>
    ): Effect.Effect<B, InfraError> =>
      Effect.flatMap(store.run(script, keys, [deployment.id, ...args]), (answer) =>
        is(answer) ? then(answer) : Effect.fail(unexpectedReply(script.name))
      )
  const opened = (script: Script, intentId: IntentId, now: number, fields: unknown) =>
    decodeIntentRecord(reading, script.name, intentId, now, fields)

  return {
    store,
    deployment,
    sealer,
    reading,
    keysOf: keysOfIntent(store.prefix, deployment.partitions),
    kept: [retention.intents, retention.tombstones] as const,
    tokenLife: releasedTokenLife,
    ask,
    askFor,
    opened,
    recordOf: (script: Script, intentId: IntentId, now: number, fields: unknown) =>
      Effect.map(opened(script, intentId, now, fields), ({ record }) => record)
  }
})

export type LedgerContext = Effect.Success<ReturnType<typeof makeLedgerContext>>
