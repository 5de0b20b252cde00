import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Client } from "../../support/client.ts"
import type { Answer } from "../../support/http.ts"
import { type Setup, report, type Wish, wish } from "./setup.ts"

/** How an intent was found and how it ended, in the caller's words. */
export interface Ended {
  /** What the first answer said that did not ask to wait. */
  readonly found: string
  readonly state: string
  /** How often the provider performed it. */
  readonly effects: number
  readonly attempts: number
  readonly intentId: string
  /** What is wrong with that; nothing where all is well. */
  readonly wrong: ReadonlyArray<string>
}

const stateOf = (answer: Answer) => String(answer.at("state"))
/** 408: the request did not arrive, as happens where the machine has no time for either side. */
const again = new Set([202, 408, 409, 429, 503])

const passes = (answer: Answer) =>
  again.has(answer.status) || (stateOf(answer) === "failed" && answer.at("failure", "transient") === true)

/** Far longer than anything may take, so that only what never comes is missed. */
const patience = "5 minutes"

/** Asks again until that has come, and says in the end what came in its place. */
const askUntil = <E>(what: string, response: Effect.Effect<Answer, E>, isIt: (answer: Answer) => boolean) =>
  Effect.suspend(() => {
    let last = "no answer"
    return response.pipe(
      Effect.tap(({ status, text }) => Effect.sync(() => void (last = `${status} ${text}`))),
      Effect.repeat({ schedule: Schedule.spaced("1 second"), until: isIt }),
      Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.die(new Error(`${what} in vain: ${last}`)) })
    )
  })

/** Asks as a caller does who does what it is told: again, under the same key, while that may help. */
const persist = (gateway: Client, one: Wish) =>
  askUntil(`asked for ${one.key}, ${one.level} (${one.script.join()})`, wish(gateway, one), (answer) => !passes(answer))

const isOk = ({ status }: Answer) => status === 200

/** An idempotent capability may repeat what it does within one attempt; twice as often as its connector says. */
const mayPerform = ({ level }: Wish) => (level === "idempotent" ? 3 : 1)

/** Waits until the intent has ended, gives the evidence that there is, and looks whether all that must hold holds. */
export const judge = Effect.fnUntraced(function* (gateway: Client, { provider }: Setup, one: Wish) {
  const first = yield* persist(gateway, one)
  const performed = provider.performedFor(one.key)
  const intentId = String(first.at("intentId"))
  const wrong: Array<string> = []
  const must = (holds: boolean, rule: string) => void (holds ? undefined : wrong.push(rule))
  const found = stateOf(first)
  const attempts = new Set(performed.map(({ attempt }) => attempt)).size
  must(performed.length <= mayPerform(one) && attempts <= 1, `performed ${performed.length} times`)
  must(
    ["sent", "failed", "in_doubt"].includes(found),
    `found as ${found} (${first.status} ${String(first.at("code"))})`
  )
  must(found !== "sent" || performed.length > 0, "sent, and nobody performed it")
  must(found !== "failed" || performed.length === 0, "failed, and it was performed")
  must(found === "failed" || first.at("safeNewKey") === false, "another key is said to be safe")
  must(
    performed.every((each) => each.intentId === intentId),
    "performed under another id"
  )
  if (found === "in_doubt") {
    // A caller is told of a doubt at the latest after five seconds; the list has it once it is settled, or past its deadline.
    const doubts = gateway.get("/v1/intents?state=in_doubt&limit=200")
    yield* askUntil(
      `looked for ${one.key} among the doubts`,
      doubts,
      (answer) => isOk(answer) && answer.text.includes(intentId)
    )
  }
  const evidence = performed.at(-1)
  if (evidence === undefined || one.level !== "verified") {
    return { found, state: found, effects: performed.length, attempts, intentId, wrong }
  }
  yield* askUntil(`told what became of ${one.key}`, report(gateway, evidence), isOk)
  const last = yield* wish(gateway, one).pipe(
    Effect.repeat({ schedule: Schedule.spaced("250 millis"), until: (answer) => stateOf(answer) === "sent" }),
    Effect.timeoutOption(patience)
  )
  must(last._tag === "Some", "its evidence came, and it is still in doubt")
  must(provider.performedFor(one.key).length === performed.length, "performed again after the evidence")
  const state = last._tag === "Some" ? "sent" : found
  return { found, state, effects: performed.length, attempts, intentId, wrong }
})
