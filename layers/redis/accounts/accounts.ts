import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { InfraError } from "../../../src/domain/failure.ts"
import {
  type AccountRef,
  Accounts,
  type AcquireRequest,
  type CallReport,
  defaultTiming,
  type Timing
} from "../../../src/outbound/accounts/accounts.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { acquireScriptOf as askScript, refundScript } from "./scripts/acquire.ts"
import { eraseCountersScript, lookScript, pauseByOperatorScript, resumeScript } from "./scripts/operate-erase.ts"
import { keysOfAccount } from "./keys.ts"
import {
  allowanceOf,
  changesOf,
  decodeAllowance,
  decodeChanges,
  decodeEnded,
  decodeSeen,
  longOf,
  pauseOf,
  plainlyAllowed,
  decodePause
} from "./codec.ts"
import { reportScriptOf as reportScript } from "./scripts/report.ts"
import { RedisStore, type RedisReply, type Script } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { asInteger } from "../scripting/reply.ts"

const acquireArgs = (asking: AcquireRequest, limits: AcquireRequest["limits"]) => {
  const args: Array<string | number> = [asking.credential, asking.succeeded, asking.intentId]
  for (const { every, burst } of limits) args.push(every, burst)
  return args
}

const reportArgs = ({ credential, succeeded, intentId, health, payAgain, code, pause, hold }: CallReport) => [
  credential,
  succeeded,
  intentId,
  health,
  payAgain ? "1" : "",
  code,
  pause?.why ?? "",
  ...longOf(pause?.why === "throttled" ? pause.long : undefined),
  hold === undefined ? "" : "1",
  ...longOf(hold)
]

const make = Effect.fnUntraced(function* (timing: Timing) {
  const ask = askScript(timing)
  const report = reportScript(timing)
  const store = yield* RedisStore
  const deployment = yield* Deployment
  const keysOf = keysOfAccount(store.prefix, deployment.partitions)

  const run = <A, E>(
    script: Script,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<string | number>,
    decode: (reply: RedisReply) => Effect.Effect<A, E>
  ): Effect.Effect<A, InfraError> =>
    store
      .run(script, keys, [deployment.id, ...args])
      .pipe(Effect.flatMap((reply) => Effect.mapError(decode(reply), () => unexpectedReply(script.name))))

  const limitsOf = ({ recipient, limits }: AcquireRequest) =>
    recipient === undefined ? limits.filter((limit) => limit.of === "account") : limits

  return Accounts.of({
    acquire: (asking) => {
      const limits = limitsOf(asking)
      const keys = keysOf(asking.account).ask(asking, limits)
      return Effect.flatMap(store.run(ask, keys, [deployment.id, ...acquireArgs(asking, limits)]), (reply) => {
        const allowed = plainlyAllowed(reply)
        if (allowed !== undefined) return Effect.succeed(allowed)
        return Effect.mapBoth(decodeAllowance(reply), {
          onSuccess: allowanceOf(limits),
          onFailure: () => unexpectedReply(ask.name)
        })
      })
    },
    refund: (asking) => {
      const limits = limitsOf(asking)
      const keys = keysOf(asking.account).ask(asking, limits)
      return Effect.asVoid(run(refundScript, keys, acquireArgs(asking, limits), asInteger(refundScript.name)))
    },
    report: (call) =>
      Effect.map(run(report, keysOf(call.account).call(call), reportArgs(call), decodeChanges), changesOf),
    look: ({ account, credential }: AccountRef) =>
      Effect.map(run(lookScript, keysOf(account).state, [], decodeSeen), (seen) => decodePause(seen, credential)),
    pause: ({ account, credential }) =>
      Effect.map(
        run(pauseByOperatorScript, keysOf(account).state, [credential], asInteger(pauseByOperatorScript.name)),
        (since) => ({ why: "operator", since })
      ),
    forget: (account, recipients, limits) =>
      run(eraseCountersScript, keysOf(account).people(recipients, limits), [], asInteger(eraseCountersScript.name)),
    resume: ({ account, credential }) =>
      Effect.map(run(resumeScript, keysOf(account).state, [credential], decodeEnded), (ended) =>
        ended.length === 0 ? undefined : pauseOf(...ended)
      )
  })
})

/** Provides the accounts' limits and pauses on Redis. The timing defaults to {@link defaultTiming}. */
export const layer = (timing: Partial<Timing> = {}): Layer.Layer<Accounts, never, RedisStore | Deployment> =>
  Layer.effect(Accounts, make({ ...defaultTiming, ...timing }))
