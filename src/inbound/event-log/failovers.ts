import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"

/** A page of what was admitted lately; `next` is absent at its end. */
export interface Lately {
  readonly records: ReadonlyArray<string>
  readonly next?: string
}

/** What must be done again where another server has taken over, which may lack what was acknowledged last (G22). */
export class Failovers extends Context.Service<
  Failovers,
  {
    /** How many there were since this process began. */
    readonly count: Effect.Effect<number>
    /** Passes once there were more than so many. */
    readonly beyond: (count: number) => Effect.Effect<void>
    /** What a partition admitted within so many milliseconds before now, by the store's clock, acknowledged or not. */
    readonly lately: (
      partition: number,
      millis: number,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<Lately, InfraError>
  }
>()("comporta/inbound/Failovers") {}
