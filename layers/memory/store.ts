import * as Layer from "effect/Layer"
import type { EventRetention } from "../../src/inbound/event-log/retention.ts"
import * as StoreClock from "../../src/partition/store-clock.ts"
import * as Aliases from "./aliases.ts"
import { memoryDeployment, type MemoryDeploymentOptions } from "./deployment.ts"
import * as EventLog from "./event-log.ts"
import * as Logs from "./event-log/partition-log.ts"
import * as EventRecords from "./event-records.ts"
import { memoryFailovers } from "./no-server.ts"
import * as IntentLanes from "./intent-lanes.ts"
import { memoryLeases } from "./partitions.ts"
import * as Partitions from "./partitions.ts"
import * as Replies from "./replies.ts"

/** Services of the store that work by partition, in memory. */
export const layer = (options: MemoryDeploymentOptions & { readonly retention?: Partial<EventRetention> } = {}) =>
  Layer.mergeAll(
    Aliases.layer,
    Replies.layer(options.retention),
    EventRecords.layer(options.retention),
    Partitions.layer,
    IntentLanes.layer,
    memoryFailovers,
    StoreClock.own
  ).pipe(
    Layer.provideMerge(EventLog.layer(options.retention)),
    Layer.provide([memoryLeases, Logs.layer]),
    Layer.provideMerge(memoryDeployment(options))
  )
