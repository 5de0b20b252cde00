import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { AcknowledgedBy } from "../../src/connector/acknowledged-by.ts"
import type { Channel } from "../../src/connector/channel.ts"
import type { Connector } from "../../src/connector/connector.ts"
import { capabilityOf } from "./bound.ts"
import { nextEvent, throughSimulator } from "./through-simulator.ts"
import type { Running } from "./simulation.ts"

/** A connector at its running simulator, after a person has written to the account. */
export interface Declared {
  readonly connector: Connector
  readonly channel: Channel
  readonly account: string
  readonly running: Running
}

/** A valid input of one capability, and its recipient where it takes one. */
export type Sample = readonly [input: unknown, to?: string]

const callbackData = "c1.declared"

/** Waits for what a capability declares as its acknowledgement, after it was performed at the simulator. */
const acknowledged = Effect.fnUntraced(function* (
  { channel, account, running }: Declared,
  id: string,
  by: AcknowledgedBy | undefined,
  [input, to]: Sample
) {
  const prepared = yield* Effect.fromResult(capabilityOf(channel, account, id).prepare(input, to))
  const { messageId } = yield* prepared.perform(callbackData)
  if (by !== "accepted") assert.isString(messageId, id)
  switch (by) {
    case "delivered":
      return yield* nextEvent(
        channel,
        running.received,
        ({ evidence }) => evidence?.status === "delivered" && evidence.callbackData === callbackData
      )
    case "sent":
      return yield* nextEvent(
        channel,
        running.received,
        ({ kind, evidence, personal }) =>
          kind === "status" && evidence?.status === "sent" && personal.providerId === messageId
      )
    case "echo":
      return yield* nextEvent(
        channel,
        running.received,
        ({ kind, evidence, personal }) =>
          kind === "echo" && (personal.providerId === messageId || evidence?.callbackData === callbackData)
      )
    case "readBack": {
      const seen = yield* prepared.find?.(0) ?? assert.fail(`${id} reads nothing back`)
      return assert.include(
        seen.map((one) => one.messageId),
        messageId
      )
    }
    case "accepted":
      return undefined
    case undefined:
      return assert.fail(`${id} declares nothing`)
  }
})

/**
 * Performs each capability with its sample, and shows that its declared acknowledgement arrives. `beside` are the capabilities
 * that the simulator does not serve with JSON alone.
 */
export const showAcknowledgements = Effect.fnUntraced(function* (
  declared: Declared,
  samples: Readonly<Record<string, Sample>>,
  beside: ReadonlyArray<string> = []
) {
  const capabilities = declared.connector.capabilities.filter(({ id }) => !beside.includes(id))
  assert.sameMembers(
    Object.keys(samples),
    capabilities.map(({ id }) => id)
  )
  for (const { id, acknowledged: by } of capabilities) {
    const sample = samples[id] ?? assert.fail(`${id} has no sample`)
    yield* acknowledged(declared, id, by, sample).pipe(Effect.provide(throughSimulator(declared.running)))
  }
})

/** Sends the refused input, and returns the failure and the number of effects that it had. */
export const showRefusal = Effect.fnUntraced(function* (
  { connector, channel, account, running }: Declared,
  to: string
) {
  const { capability, input } = connector.refusedInput ?? assert.fail("no refused input is declared")
  const count = Effect.map(running.call("GET", "/_simulator/effects"), ({ at }) => at("total"))
  const before = yield* count
  const prepared = yield* Effect.fromResult(capabilityOf(channel, account, capability).prepare(input, to))
  const failure = yield* prepared.perform(callbackData).pipe(Effect.flip, Effect.provide(throughSimulator(running)))
  assert.strictEqual(yield* count, before)
  return failure
})
