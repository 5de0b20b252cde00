import * as Effect from "effect/Effect"
import { ProviderHttp } from "../../connector/provider-http.ts"
import type { InboundEvent } from "../../domain/event.ts"
import { Personal } from "../../domain/personal.ts"
import { eventIdOf } from "../../identity/derive.ts"
import { EventRecords } from "../../inbound/event-log/event-admin.ts"
import type { EndedCall } from "../../observe/observe.ts"
import { IdHash } from "../../secrets/id-hash.ts"
import type { AccountNotes, CapabilityNotes } from "./account-notes.ts"
import type { FollowUps } from "./follow-ups.ts"
import { keepNewest } from "./keep-newest.ts"
import type { Rotations } from "./rotations.ts"

/** Most confirmed events that this process remembers, to recognise a copy of one. */
const mostConfirmed = 1_024
/** Times and pause in milliseconds for which an acknowledgement of the runtime is awaited. */
const acknowledgedWithin = { times: 5, pause: 2_000 }
/** Milliseconds that a question to the provider may take. */
const questionDeadline = 10_000

/** Shows that inbound events are those of the provider: it has confirmed their ids. */
export interface InboundFacts {
  /** The provider accepted an intent whose input names an event. */
  readonly named: (account: AccountNotes, capability: CapabilityNotes, call: EndedCall) => void
  /** The runtime acknowledged an event. */
  readonly acknowledged: (account: AccountNotes, event: InboundEvent) => void
  readonly deduped: (key: string) => void
}

export interface InboundFactsOptions {
  readonly followUps: FollowUps
  readonly rotations: Rotations
  /** Returns the time of the first answered handshake of a connector; `undefined` when none is known. */
  readonly handshakeOf: (connector: string) => number | undefined
}

export const makeInboundFacts = Effect.fnUntraced(function* (options: InboundFactsOptions) {
  const { followUps, rotations, handshakeOf } = options
  const events = yield* EventRecords
  const hash = yield* IdHash
  const http = yield* ProviderHttp
  const bound = http.within({ deadline: questionDeadline, mayStart: () => true })
  const confirmed = new Map<string, AccountNotes>()
  const counts = new Map<string, number>()

  const confirm = (account: AccountNotes, eventId: string, occurredAt: number, by: "capability" | "question") => {
    const count = (counts.get(account.hash) ?? 0) + 1
    counts.set(account.hash, count)
    confirmed.set(eventId, account)
    keepNewest(confirmed, mostConfirmed)
    account.inbound("pass", { admitted: count, acknowledged: count, confirmed: count, confirmed_by: by })
    const handshake = handshakeOf(account.connector)
    if (handshake !== undefined && handshake < occurredAt + 1_000)
      account.handshake("pass", { handshakes: 1, confirmed_later: count })
    if (rotations.isPending()) rotations.genuineEvent(account, occurredAt)
  }

  /** Returns the event once the runtime has acknowledged it. Returns `pending` when that takes too long. */
  const whenAcknowledged = Effect.fnUntraced(function* (eventId: string) {
    for (let times = 0; times < acknowledgedWithin.times; times++) {
      const event = yield* events.event(eventId)
      if (event === undefined) return "absent"
      if (event.state === "delivered") return event
      yield* Effect.sleep(acknowledgedWithin.pause)
    }
    return "pending"
  })

  return {
    named: (account, capability, { prepared: { namedEvent } }) => {
      if (namedEvent === undefined) return
      const { channel, inboundTurn } = account
      const confirmsInbound = account.account.confirmInbound?.by === "capability"
      const isWanted = followUps.isDue(capability.turn) || (confirmsInbound && followUps.isDue(inboundTurn))
      if (!isWanted) return
      const answers = (capability.answers += 1)
      const eventId = eventIdOf(hash, { channel, account: account.account }, namedEvent)
      followUps.run(
        capability.turn,
        Effect.map(events.event(eventId), (event) => {
          if (event === undefined) return false
          capability.note("pass", { answers, admitted_events: answers })
          return true
        })
      )
      if (!confirmsInbound) return
      followUps.run(
        inboundTurn,
        Effect.map(whenAcknowledged(eventId), (event) => {
          if (typeof event === "string") return false
          confirm(account, eventId, event.at, "capability")
          return true
        })
      )
    },
    acknowledged: (account, event) => {
      const confirmation = account.account.confirmInbound
      if (confirmation?.by !== "question" || event.kind !== "message" || !followUps.isDue(account.inboundTurn)) return
      const question = confirmation.ask(Personal.open(event.personal))
      if (question === undefined) return
      followUps.run(
        account.inboundTurn,
        question.pipe(
          Effect.provideService(ProviderHttp, { ...bound, within: () => bound }),
          Effect.map((isKnown) => {
            if (!isKnown) return false
            confirm(account, event.eventId, event.occurredAt, "question")
            account.paths["read-back"]("pass", { acknowledged: 1 })
            return true
          })
        )
      )
    },
    deduped: (key) => {
      const account = confirmed.get(key)
      if (account !== undefined) account.deduped("pass", { deduped: (account.counts.deduped += 1) })
    }
  } satisfies InboundFacts
})
