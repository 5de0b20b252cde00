import * as Effect from "effect/Effect"
import type { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { passing } from "../../contracts/intent-ledger/subject.ts"

type Ledger = IntentLedger["Service"]

/** A claim past its deadline is taken as if it had never been. */
const claimExpires = (ledger: Ledger): Ledger => {
  let holder = ""
  return {
    ...ledger,
    claim: Effect.fnUntraced(function* (request) {
      const first = yield* ledger.claim(request)
      const abandoned = first._tag === "Held" && first.record.state === "in_doubt"
      if (abandoned) yield* ledger.release(request.intentId, holder, passing)
      const answer = abandoned ? yield* ledger.claim(request) : first
      if (answer._tag === "Claimed") holder = request.token
      return answer
    })
  }
}

/** Whoever settles is taken for the one who holds the claim. */
const settlesForAnyone = (ledger: Ledger): Ledger => {
  let [holder, present] = ["", 0]
  return {
    ...ledger,
    claim: (request) =>
      Effect.tap(ledger.claim(request), (answer) =>
        Effect.sync(() => {
          if (answer._tag === "Claimed") [holder, present] = [request.token, answer.attempt]
        })
      ),
    settle: (intentId, _attempt, _token, settlement) => ledger.settle(intentId, present, holder, settlement)
  }
}

/** A token that was given back is forgotten: its claim may still win. */
const forgetsTokens = (ledger: Ledger): Ledger => {
  const released = new Set<string>()
  return {
    ...ledger,
    release: (intentId, token, failure) =>
      Effect.tap(ledger.release(intentId, token, failure), () => Effect.sync(() => released.add(token))),
    claim: (request) =>
      ledger.claim(released.has(request.token) ? { ...request, token: `${request.token} again` } : request)
  }
}

/** The last status is the one that stands. */
const lastStatusStands = (ledger: Ledger): Ledger => {
  let last: string | undefined
  return {
    ...ledger,
    evidence: (late) =>
      Effect.tap(ledger.evidence(late), () =>
        Effect.sync(() => {
          last = late.status
        })
      ),
    get: (intentId) =>
      Effect.map(ledger.get(intentId), (record) =>
        typeof record === "object" && last !== undefined && record.delivery !== undefined
          ? { ...record, delivery: last }
          : record
      )
  }
}

/** What was not applied may be tried again, and what nobody knows too. */
const retriesDoubts = (ledger: Ledger): Ledger => ({
  ...ledger,
  settle: (intentId, attempt, token, settlement) =>
    ledger.settle(
      intentId,
      attempt,
      token,
      settlement.state === "in_doubt" ? { state: "failed", failure: passing } : settlement
    )
})

/** Ledgers that are wrong in one way each: what the model must find. */
export const mutants: Readonly<Record<string, (ledger: Ledger) => Ledger>> = {
  "a claim that expires": claimExpires,
  "a settlement without compare-and-set": settlesForAnyone,
  "a release that forgets the token": forgetsTokens,
  "a status that moves backwards": lastStatusStands,
  "a doubt that is tried again": retriesDoubts
}
