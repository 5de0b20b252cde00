import * as Effect from "effect/Effect"
import type { Client } from "../../support/client.ts"
import type { Arrival } from "../../support/receiver.ts"
import { messages, text } from "../../support/webhook.ts"

/** The provider's id of what a person says as number `n` of her own, from 0. */
export const saidId = (person: number, n: number) => `wamid.${person}.${n}`

/** One webhook with what a person says, one after the other. Each person is a conversation. */
export const said = (person: number, ...numbers: ReadonlyArray<number>) =>
  messages(...numbers.map((n) => text(saidId(person, n), { from: `155501${String(person).padStart(5, "0")}` })))

export const numbers = (count: number, from = 0): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, n) => from + n)

/**
 * Delivers as a provider does: again, to whichever gateway is asked next, until one says 200. Answers how often it asked.
 * The gateways are looked up each time, since they come and go.
 */
export const redeliver = (gateways: () => ReadonlyArray<Client>, body: ReturnType<typeof said>, first = 0) =>
  Effect.gen(function* () {
    for (let attempt = 1; ; attempt++) {
      const there = gateways()
      const gateway = there[(first + attempt) % there.length]
      const taken = gateway === undefined ? false : yield* isTaken(gateway, body)
      if (taken) return attempt
      yield* Effect.sleep("50 millis")
    }
  })

const isTaken = (gateway: Client, body: ReturnType<typeof said>) =>
  gateway.deliver(body).pipe(
    Effect.timeout("5 seconds"),
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false)
  )

/** Every person says these things in order, each once the one before was taken; all persons at once. */
export const talk = (
  gateways: () => ReadonlyArray<Client>,
  persons: ReadonlyArray<number>,
  things: ReadonlyArray<number>
) =>
  Effect.forEach(
    persons,
    (person) => Effect.forEach(things, (n) => redeliver(gateways, said(person, n), person + n), { discard: true }),
    { concurrency: "unbounded", discard: true }
  )

/** What was acknowledged of one person, by number, in the order in which it was. */
export const receivedOf = (arrivals: ReadonlyArray<Arrival>, person: number): ReadonlyArray<number> =>
  arrivals
    .filter(({ answered, providerId }) => answered === 204 && providerId.startsWith(`wamid.${person}.`))
    .map(({ providerId }) => Number(providerId.split(".")[2]))
