import { performance } from "node:perf_hooks"
import { parseArgs } from "node:util"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { Channels } from "../../src/connector/channel.ts"
import type { InboundEvent } from "../../src/domain/event.ts"
import {
  AccountId,
  ConnectorId,
  ConversationId,
  CorrelationId,
  EventId,
  ProviderAccountId
} from "../../src/domain/ids.ts"
import { Personal } from "../../src/domain/personal.ts"
import { Log } from "../../src/log/log.ts"
import { type Observations, Observe, unobserved } from "../../src/observe/observe.ts"
import { body, harness, recordOf, submit } from "../outbound/harness.ts"
import { Provider, sent } from "../outbound/provider.ts"
import { recorded } from "../readiness/observing.ts"
import { median } from "./median.ts"

// Measures what recording costs a message: the calls that a message makes to the recorder, beside the same calls to one that
// does nothing; and whole sends over a store in memory, recorded and not. Both take turns, so that the machine's moods cancel.

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "200000" },
    sends: { type: "string", default: "500" },
    rounds: { type: "string", default: "40" }
  }
})
const [calls, sends, rounds] = [Number(values.calls), Number(values.sends), Number(values.rounds)]

const id = "0".repeat(32)
const event: InboundEvent = {
  eventId: EventId.make(`evt_${id}`),
  correlationId: CorrelationId.make(`cor_${id}`),
  conversation: ConversationId.make(`cnv_${id}`),
  connector: ConnectorId.make("fixture"),
  account: AccountId.make("front"),
  providerAccount: ProviderAccountId.make("100"),
  type: "fixture.status",
  kind: "status",
  occurredAt: 0,
  weakIdentity: false,
  personal: Personal.of({ providerId: "m-1", content: {} })
}

/** Makes the observations of one message, by the kind of message. */
const observing = Effect.gen(function* () {
  ;(yield* Provider).respondsWith(() => sent("m-1"))
  const answer = yield* submit("first", body())
  const record = yield* recordOf(answer.intentId)
  const channel = (yield* Channels).get("fixture")
  const account = channel?.accounts.get("front")
  const capability = account?.capabilities.get("post")
  if (channel === undefined || account === undefined || capability === undefined) return yield* Effect.die("no channel")
  const call = {
    channel,
    account,
    capability,
    prepared: { perform: () => Effect.succeed({}) },
    intentId: record.intentId,
    ended: Result.succeed({ messageId: "m-1" }),
    state: "sent",
    claimedAt: 0,
    credentials: [Redacted.make("a"), Redacted.make("b")],
    request: () => "{}"
  } as const
  const evidence = { attempt: 1, status: "delivered", messageId: "m-1" }
  const secret = Redacted.make("secret")
  const observe = yield* Observe
  return {
    observe,
    kinds: {
      "a call that ended": (to: Observations) => to.callEnded(call),
      "a delivered status": (to: Observations) => to.evidenceApplied(record, evidence, event),
      "a received and acknowledged message": (to: Observations) => {
        to.webhookVerified(channel, secret)
        to.eventAcknowledged(event)
      }
    }
  }
})

/** Nanoseconds of one of many. */
const cost = (many: number, one: () => void): number => {
  const began = performance.now()
  for (let n = 0; n < many; n++) one()
  return ((performance.now() - began) * 1e6) / many
}

/** Microseconds of one send. */
const sendCost = Effect.fnUntraced(function* (round: number) {
  ;(yield* Provider).respondsWith((nth) => sent(`m-${nth}`))
  const began = performance.now()
  for (let n = 0; n < sends; n++) yield* submit(`${round} ${n}`, body())
  return ((performance.now() - began) * 1e3) / sends
})

await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const with_ = yield* Layer.build(Layer.fresh(recorded))
      const without = yield* Layer.build(Layer.fresh(harness))
      const { observe, kinds } = yield* Effect.provideContext(observing, with_)
      for (const [name, kind] of Object.entries(kinds)) {
        const pairs = Array.from({ length: rounds }, () => {
          const nothing = cost(calls, () => kind(unobserved))
          return [nothing, cost(calls, () => kind(observe))] as const
        })
        const ns = median(pairs.map(([nothing, something]) => something - nothing))
        console.log(`${name}: ${ns.toFixed(0)} ns`)
      }
      const lines = Context.get(with_, Log)
      const fields = { connectorId: event.connector, accountId: event.account, outcome: "sent" } as const
      const plain = Context.get(without, Log)
      const perLine = Array.from({ length: rounds }, () => {
        const nothing = cost(calls / 100, () => plain.write("info", "intent.settled", fields))
        return cost(calls / 100, () => lines.write("info", "intent.settled", fields)) - nothing
      })
      console.log(`a line of the log: ${median(perLine).toFixed(0)} ns`)
      const costs: Array<readonly [number, number]> = []
      for (let round = 0; round < rounds; round++) {
        // Either goes first in every other round: the second one finds a warmer machine and more garbage.
        const off = Effect.provideContext(sendCost(round), without)
        const on = Effect.provideContext(sendCost(round), with_)
        const [first, second] = yield* Effect.all(round % 2 === 0 ? [off, on] : [on, off])
        costs.push(round % 2 === 0 ? [first, second] : [second, first])
      }
      const [off, on] = [median(costs.map(([one]) => one)), median(costs.map(([, one]) => one))]
      const ratio = median(costs.map(([one, other]) => other / one))
      console.log(`a send in memory: ${off.toFixed(1)} us, recorded ${on.toFixed(1)} us: ratio ${ratio.toFixed(3)}`)
    })
  )
)
