import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Notifications } from "../../src/concurrency/notifications.ts"
import { InboundNotifications, layer as real, type NotifiedReader } from "../../src/inbound/notifications.ts"
import type { Deployment } from "../../src/deployment/deployment.ts"
import { journal, type Journal } from "./journal.ts"

interface Wait {
  readonly consumer: NotifiedReader
  readonly partition: number
}

/** Records when workers had nothing to do and began to wait, oldest first. */
export class NotificationWaits extends Context.Service<NotificationWaits, { readonly next: Journal<Wait> }>()(
  "comporta/test/NotificationWaits"
) {}

/** Provides the real notifications and records each wait for one. */
export const observedNotifications: Layer.Layer<InboundNotifications | NotificationWaits, never, Deployment> =
  Layer.effectContext(
    Effect.map(InboundNotifications, (notifications) => {
      const next = journal<Wait>()
      const observed = (consumer: NotifiedReader): Notifications => ({
        notify: notifications[consumer].notify,
        next: (partition) =>
          Effect.suspend(() => {
            next.record({ consumer, partition })
            return notifications[consumer].next(partition)
          })
      })
      return Context.make(NotificationWaits, { next }).pipe(
        Context.add(InboundNotifications, {
          runtime: observed("runtime"),
          ledger: observed("ledger"),
          replies: observed("replies")
        })
      )
    })
  ).pipe(Layer.provide(real))
