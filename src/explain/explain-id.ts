import * as Effect from "effect/Effect"
import type { InfraError } from "../domain/failure.ts"
import { isIntentId } from "../domain/ids.ts"
import { StoreClock } from "../partition/store-clock.ts"
import type { Findings } from "./diagnosis.ts"
import { explainEvent, explainExpiredEvent } from "./explain-event.ts"
import { explainIntent } from "./explain-intent.ts"
import { explainItem } from "./explain-item.ts"
import { eventGatherer } from "./gather-event.ts"
import { intentGatherer } from "./gather-intent.ts"

const itemForm = /^qua_[0-9a-f]{32}$/
/** An event, or a replay of it as the lists (`.r1`) or the runtime (`_r1`) name it. */
const eventForm = /^(evt_[0-9a-f]{32})(?:[._]r(\d{1,15}))?$/

/**
 * Makes the function that explains an id from the store, which it only reads. It returns `undefined` when the store knows
 * nothing of the id.
 */
export const makeExplain = Effect.gen(function* () {
  const intentOf = yield* intentGatherer
  const { event: eventOf, replay: replayOf, item: itemOf } = yield* eventGatherer
  const clock = yield* StoreClock

  return Effect.fnUntraced(function* (id: string): Effect.fn.Return<Findings | undefined, InfraError> {
    if (isIntentId(id)) {
      const facts = yield* intentOf(id)
      return facts === undefined ? undefined : explainIntent(facts)
    }
    if (itemForm.test(id)) {
      const facts = yield* itemOf(id)
      return facts === undefined ? undefined : explainItem(facts)
    }
    const [, eventId, replay] = eventForm.exec(id) ?? []
    if (eventId === undefined) return undefined
    const facts =
      replay === undefined ? yield* eventOf(eventId) : yield* replayOf(`${eventId}.r${replay}`, Number(replay))
    if (facts === "expired") return explainExpiredEvent(eventId, yield* clock.now)
    return facts === undefined ? undefined : explainEvent(facts)
  })
})
