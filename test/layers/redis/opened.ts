import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { InfraError } from "../../../src/domain/failure.ts"
import { type AnyOptions, layer, RedisStore } from "../../../layers/redis/client.ts"

export type Store = RedisStore["Service"]

/** A connection for this scope. */
export const opened = (options: AnyOptions) =>
  Effect.map(Layer.build(layer(options)), (context) => Context.get(context, RedisStore))

/** Waits until the ref holds such a value. */
export const until = <A>(ref: SubscriptionRef.SubscriptionRef<A>, isSo: (value: A) => boolean) =>
  SubscriptionRef.changes(ref).pipe(Stream.filter(isSo), Stream.take(1), Stream.runDrain)

export const isUp = (status: "up" | "down") => status === "up"
export const isDown = (status: "up" | "down") => status === "down"

/** Tries again until it succeeds; for what is on its way and says so by failing. */
export const eventually = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A> =>
  Effect.catch(effect, () => Effect.delay(eventually(effect), "20 millis"))

export const said = ({ code, certainty, transient }: InfraError) => [code, certainty, transient]
