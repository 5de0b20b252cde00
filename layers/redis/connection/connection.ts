import * as Effect from "effect/Effect"
import type * as SubscriptionRef from "effect/SubscriptionRef"
import type { Redis } from "ioredis"
import type { InfraError } from "../../../src/domain/failure.ts"
import { toInfraError, unavailable } from "../failure.ts"
import type { Call } from "../scripting/script.ts"
import { afterAsking, fromPromise, runAlone } from "./call.ts"
import { errorCode, unconnected } from "./connect-error.ts"
import { answerMillis, type Common, replicaMillis } from "./options.ts"
import { runReplicated } from "./replicated.ts"
import { isTlsError } from "./tls.ts"

/** Names the connection to one primary. */
interface PrimaryLink {
  /** The name of the primary. */
  readonly name: string
  /** Returns the number of times that its connection was lost. */
  readonly lost: () => number
}

/**
 * Returns `undefined` when the call may go out on this connection; otherwise an effect that succeeds once it may, or
 * fails. Returning no effect keeps the cost of a call to this test.
 */
export type CallPass = (call: Call, line: PrimaryLink) => Effect.Effect<void, InfraError> | undefined

/** Admits calls to every connection of a store. Every call passes until a watch sets `pass`. */
export interface ConnectionGate {
  pass: CallPass | undefined
  /** Runs for every new connection. */
  onConnection: () => void
}

export const makeGate = (): ConnectionGate => ({ pass: undefined, onConnection: () => undefined })

/** Describes one primary over one connection. Replies arrive in the order of the calls. */
export interface Primary {
  /** The name of the primary in errors and boot reports. */
  readonly name: string
  readonly isReady: () => boolean
  /** Returns the number of times that its connection was lost. */
  readonly lost: () => number
  /** Runs a call. Fails with the server's own error, which a caller may interpret, or with an `InfraError`. */
  readonly run: (call: Call) => Effect.Effect<unknown, unknown>
  readonly command: (
    name: string,
    args: ReadonlyArray<string | number>,
    asking?: boolean
  ) => Effect.Effect<unknown, unknown>
}

export const defaultPrefix = "comporta"

/** Makes the client of one primary. `slotsMove` is true when the primary is part of a cluster. */
export const primaryOf = (
  name: string,
  redis: Redis,
  options: Common,
  gate: ConnectionGate,
  slotsMove = false
): Primary => {
  const replicas = options.replicas ?? 0
  const alone = runAlone(redis, answerMillis(options))
  const replicated = runReplicated(redis, { replicas, within: replicaMillis(options), slotsMove })
  const isReady = () => redis.status === "ready"
  let lost = 0
  redis.on("close", () => (lost += 1))
  /** Why the connection could not be made again, in one word; the rest of the error is dropped. */
  let why: string | undefined
  redis.on("error", (error) => (why = errorCode(error)))
  redis.on("ready", () => {
    why = undefined
    gate.onConnection()
  })
  const away = (operation: string) =>
    why !== undefined && isTlsError(why) ? unconnected(name, undefined, why) : unavailable(operation)
  const whenReady = (operation: string, effect: () => Effect.Effect<unknown, unknown>) =>
    Effect.suspend(() => (isReady() ? effect() : Effect.fail(away(operation))))
  const send = (call: Call) => {
    const waits = replicas > 0 && !call.script.readOnly && !call.script.fleeting
    return waits ? replicated(call) : alone(call)
  }
  const line = { name, lost: () => lost }
  return {
    ...line,
    isReady,
    run: (call) =>
      whenReady(call.script.name, () => {
        const passing = gate.pass?.(call, line)
        if (passing === undefined) return send(call)
        return Effect.andThen(
          passing,
          whenReady(call.script.name, () => send(call))
        )
      }),
    command: (command, args, asking) =>
      whenReady(command, () =>
        fromPromise(() =>
          asking === true
            ? afterAsking(redis, (pipeline) => pipeline.call(command, ...args))
            : redis.call(command, ...args)
        )
      )
  }
}

/** Converts the server's error to an `InfraError`, for a caller that does not interpret it. */
export const final = <A>(operation: string, effect: Effect.Effect<A, unknown>): Effect.Effect<A, InfraError> =>
  Effect.mapError(effect, (error) => toInfraError(operation, error))

/** `up` when every primary that holds a part of the store is connected. */
export type Status = "up" | "down"

/** Sends calls and commands to the store, on one server, behind Sentinels or on a cluster. */
export interface Connection {
  readonly run: (call: Call) => Effect.Effect<unknown, InfraError>
  readonly command: (name: string, args: ReadonlyArray<string | number>) => Effect.Effect<unknown, InfraError>
  /** Returns the primaries that hold a part of the store now. */
  readonly primaries: () => ReadonlyArray<Primary>
  /** Returns the primary that holds a key. Returns `undefined` while its slot has no owner. */
  readonly ownerOf: (key: string) => Primary | undefined
  readonly status: SubscriptionRef.SubscriptionRef<Status>
  readonly failovers: SubscriptionRef.SubscriptionRef<number>
}
