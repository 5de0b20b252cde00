import * as Layer from "effect/Layer"
import type { EventRetention } from "../../src/inbound/event-log/retention.ts"
import * as StoreClock from "../../src/partition/store-clock.ts"
import * as Aliases from "./aliases.ts"
import * as Deployment from "./deployment.ts"
import * as EventLog from "./event-log.ts"
import * as Logs from "./event-log/partition-log.ts"
import * as EventRecords from "./event-records.ts"
import * as Failovers from "./failovers.ts"
import * as IntentLanes from "./intent-lanes.ts"
import * as Leases from "./leases.ts"
import * as Partitions from "./partitions.ts"
import * as Replies from "./replies.ts"

/** Services of the store that work by partition, in memory. */
export const layer = (
  options: Deployment.MemoryDeploymentOptions & { readonly retention?: Partial<EventRetention> } = {}
) =>
  Layer.mergeAll(
    Aliases.layer,
    Replies.layer(options.retention),
    EventRecords.layer(options.retention),
    Partitions.layer,
    IntentLanes.layer,
    Failovers.layer,
    StoreClock.own
  ).pipe(
    Layer.provideMerge(EventLog.layer(options.retention)),
    Layer.provide([Leases.layer, Logs.layer]),
    Layer.provideMerge(Deployment.layer(options))
  )
