import type * as Effect from "effect/Effect"
import type * as SubscriptionRef from "effect/SubscriptionRef"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { Call } from "../scripting/script.ts"
import type { Primary } from "./primary.ts"

/** `up`: every primary that holds a part of the store is connected. */
export type Status = "up" | "down"

/** The way to the store, wherever it is. */
export interface Connection {
  readonly run: (call: Call) => Effect.Effect<unknown, InfraError>
  readonly command: (name: string, args: ReadonlyArray<string | number>) => Effect.Effect<unknown, InfraError>
  /** Those that hold a part of the store now. */
  readonly primaries: () => ReadonlyArray<Primary>
  /** The one that holds a key. `undefined` while its slot has no owner. */
  readonly ownerOf: (key: string) => Primary | undefined
  readonly status: SubscriptionRef.SubscriptionRef<Status>
  readonly failovers: SubscriptionRef.SubscriptionRef<number>
}
