import type { Settlement } from "../../../src/outbound/ledger/intent-ledger.ts"
import { failure, passing, unknown } from "../../contracts/intent-ledger/subject.ts"
import { callHours, type End, type Fate, startWithin } from "./moves.ts"
import type { Operation } from "./operations.ts"

/** Where a caller stands in claim, call, settle (`docs/architecture.md`). */
export type Caller =
  | { readonly _tag: "Idle" }
  /** Its claim was not answered: it asks once more, with the same token (G7). */
  | { readonly _tag: "Asking"; readonly token: string; readonly since: number }
  | { readonly _tag: "Holding"; readonly token: string; readonly since: number; readonly attempt: number }
  | {
      readonly _tag: "Settling"
      readonly token: string
      readonly attempt: number
      readonly settlement: Settlement
    }
  /** The claim stayed unanswered: it calls nobody, and gives the token back until that is written (G7). */
  | { readonly _tag: "GivingBack"; readonly token: string }

export const idle: Caller = { _tag: "Idle" }

const claimOf = (token: string, accepted: boolean): Operation => ({
  _tag: "claim",
  token,
  content: "content",
  hours: callHours,
  accepted
})

/** What a caller that stands here sends to the store; nothing where it calls the provider. */
export const nextOf = (caller: Caller, fresh: string, accepted: boolean): Operation | undefined => {
  switch (caller._tag) {
    case "Idle":
      return claimOf(fresh, accepted)
    case "Asking":
      return claimOf(caller.token, accepted)
    case "Holding":
      return undefined
    case "Settling":
      return { _tag: "settle", attempt: caller.attempt, token: caller.token, settlement: caller.settlement }
    case "GivingBack":
      return { _tag: "release", token: caller.token, failure: passing }
  }
}

/** Where it stands after that: `told` is what it heard. */
export const afterStore = (caller: Caller, fresh: string, fate: Fate, response: string, now: number): Caller => {
  if (caller._tag === "Holding") return caller
  if (caller._tag === "Settling" || caller._tag === "GivingBack") return fate === "heard" ? idle : caller
  const token = caller._tag === "Idle" ? fresh : caller.token
  const since = caller._tag === "Idle" ? now : caller.since
  if (fate === "heard") {
    const [, attempt] = /^Claimed (\d+)$/.exec(response) ?? []
    return attempt === undefined ? idle : { _tag: "Holding", token, since, attempt: Number(attempt) }
  }
  if (caller._tag === "Asking") return { _tag: "GivingBack", token }
  return fate === "refused" ? idle : { _tag: "Asking", token, since }
}

const settlementOf: Readonly<Record<End, (attempt: number) => Settlement>> = {
  sent: (attempt) => ({ state: "sent", receipt: { messageId: `answered-${attempt}` } }),
  sent_nameless: () => ({ state: "sent", receipt: {} }),
  acted_silent: () => ({ state: "in_doubt", failure: unknown }),
  silent: () => ({ state: "in_doubt", failure: unknown }),
  denied: () => ({ state: "failed", failure: failure() }),
  refused: () => ({ state: "failed", failure: failure() }),
  not_now: () => ({ state: "failed", failure: passing })
}

const acting: ReadonlySet<End> = new Set(["sent", "sent_nameless", "acted_silent", "denied"])

/** One call under a claim: whether the provider acts, and what the caller makes of its end. Too late, it does not begin. */
export const callOf = (caller: Extract<Caller, { _tag: "Holding" }>, end: End, now: number, accepted: boolean) => {
  const { token, attempt, since } = caller
  const late = now - since >= startWithin
  const ended = settlementOf[late ? "not_now" : end](attempt)
  const again = accepted && ended.state === "failed" && ended.failure.transient
  const settlement: Settlement = again ? { ...ended, state: "accepted" } : ended
  return { acts: !late && acting.has(end), after: { _tag: "Settling", token, attempt, settlement } satisfies Caller }
}
