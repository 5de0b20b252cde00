import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeNotifications, type Notifications } from "../concurrency/notifications.ts"
import { Deployment } from "../deployment/deployment.ts"
import type { Consumer } from "./event-log/event-log.ts"

/** A receiver of notifications: a consumer of the event log, or the worker that performs the runtime's replies. */
export type NotifiedReader = Consumer | "replies"

/** Notifies the workers of a partition, by receiver, that there is something new for them. */
export class InboundNotifications extends Context.Service<
  InboundNotifications,
  Readonly<Record<NotifiedReader, Notifications>>
>()("comporta/inbound/InboundNotifications") {}

export const layer = Layer.effect(
  InboundNotifications,
  Effect.map(Deployment, ({ partitions }) =>
    InboundNotifications.of({
      runtime: makeNotifications(partitions),
      ledger: makeNotifications(partitions),
      replies: makeNotifications(partitions)
    })
  )
)
