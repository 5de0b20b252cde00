import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { makeNotifications, type Notifications } from "../../src/concurrency/notifications.ts"

/** Begins to wait; what returns at once has returned when this returns. */
const waiting = Effect.fnUntraced(function* (notifications: Notifications, partition: number) {
  const fiber = yield* Effect.forkChild(notifications.next(partition), { startImmediately: true })
  return { returned: () => fiber.pollUnsafe() !== undefined, join: Fiber.join(fiber) }
})

describe("notifications", () => {
  it.effect("a notification wakes the fiber that waits for its partition, and no other", () =>
    Effect.gen(function* () {
      const notifications = makeNotifications(2)
      const first = yield* waiting(notifications, 0)
      const other = yield* waiting(notifications, 1)
      assert.isFalse(first.returned())
      notifications.notify(0)
      yield* first.join
      assert.isFalse(other.returned())
    })
  )

  it.effect("a notification is kept for a fiber that waits later, once however often it was sent", () =>
    Effect.gen(function* () {
      const notifications = makeNotifications(2)
      for (let count = 0; count < 3; count++) notifications.notify(1)
      yield* notifications.next(1)
      const again = yield* waiting(notifications, 1)
      assert.isFalse(again.returned())
      notifications.notify(1)
      yield* again.join
    })
  )

  it.effect("a notification for a partition that does not exist wakes no fiber and does not fail", () =>
    Effect.gen(function* () {
      const notifications = makeNotifications(2)
      notifications.notify(7)
      assert.isFalse((yield* waiting(notifications, 7)).returned())
    })
  )
})
