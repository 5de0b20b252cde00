import type * as Effect from "effect/Effect"
import type * as SubscriptionRef from "effect/SubscriptionRef"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Call } from "../scripting/script.ts"
import type { Primary } from "./primary.ts"

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
