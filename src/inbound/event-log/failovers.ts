import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InfraError } from "../../domain/failure.ts"

/** A page of the events that were admitted recently. `next` is absent on the last page. */
export interface RecentRecords {
  readonly records: ReadonlyArray<string>
  readonly next?: string
}

/** Failovers of the store. The new primary may lack the last acknowledged writes, which must be applied again (G22). */
export class Failovers extends Context.Service<
  Failovers,
  {
    /** Returns the number of failovers since this process began. */
    readonly count: Effect.Effect<number>
    /** Waits until there were more than `count` failovers. */
    readonly beyond: (count: number) => Effect.Effect<void>
    /** Lists what a partition admitted in the last `millis` milliseconds of the store's clock, acknowledged or not. */
    readonly recent: (
      partition: number,
      millis: number,
      after: string | undefined,
      limit: number
    ) => Effect.Effect<RecentRecords, InfraError>
  }
>()("comporta/inbound/Failovers") {}
