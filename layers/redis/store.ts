import * as Layer from "effect/Layer"
import type { EventRetention } from "../../src/inbound/event-log/retention.ts"
import * as Aliases from "./aliases/aliases.ts"
import * as Deployment from "./deployment/deployment.ts"
import * as EventLog from "./event-log/event-log.ts"
import * as EventRecords from "./event-records/event-records.ts"
import * as Failovers from "./failovers.ts"
import * as IntentLanes from "./intent-lanes/intent-lanes.ts"
import * as Partitions from "./partitions/partitions.ts"
import * as Replies from "./replies.ts"
import * as StoreClock from "./store-clock.ts"

/** Provides the services that work on partitions of the store in Redis, and the deployment of its stamp. */
export const layer = (options: Deployment.DeploymentOptions & { readonly retention?: Partial<EventRetention> }) =>
  Layer.mergeAll(
    Aliases.layer(options.retention),
    EventLog.layer(options.retention),
    EventRecords.layer(options.retention),
    Replies.layer(options.retention),
    Partitions.layer(),
    IntentLanes.layer,
    Failovers.layer,
    StoreClock.layer
  ).pipe(Layer.provideMerge(Deployment.layer(options)))
