import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Ref from "effect/Ref"
import type { JsonObject } from "../../../src/domain/json.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import type { SimulatedNumber } from "./accounts.ts"
import { take } from "./buckets.ts"
import { bodyParameters } from "./message-rules.ts"
import { type Memory, lookUp, pairOf, templateKey } from "./rules.ts"
import { type Mistake, into } from "./mistake.ts"
import type { SentMessage } from "./sent-message.ts"

const day = 86_400_000
const pairEvery = 6_000

const notThere: Mistake = { code: 132_001, status: 404, details: "the template does not exist in this language" }
const wrongCount: Mistake = { code: 132_000, details: "the number of parameters of the body is another" }
const states: Readonly<Record<string, Mistake>> = {
  paused: { code: 132_015, details: "the template is paused" },
  disabled: { code: 132_016, details: "the template is disabled" }
}

const ofTemplate = ({ templates }: Memory, template: JsonObject) =>
  Effect.gen(function* () {
    if (HashMap.isEmpty(yield* Ref.get(templates))) return undefined
    const key = templateKey(textOf(template["name"]) ?? "", textOf(into(template, "language.code")) ?? "")
    const found = yield* lookUp(templates, key)
    if (found === undefined) return notThere
    const state = states[found.state ?? "approved"]
    if (state !== undefined) return state
    return bodyParameters(template) === (found.parameters ?? 0) ? undefined : wrongCount
  })

/** Checks whether the provider accepts a well-formed message now: throughput, pair, window, template (META 3.5, 3.6). */
export const admission = Effect.fnUntraced(function* (
  memory: Memory,
  number: SimulatedNumber,
  message: SentMessage,
  body: JsonObject,
  now: number
) {
  const { window, pairBurst, messagesPerSecond } = yield* Ref.get(memory.rules)
  const second = { every: 1_000 / messagesPerSecond, burst: messagesPerSecond }
  const id = number.phoneNumberId
  if (!(yield* take(memory.throughput, id, second, now))) {
    return { code: 130_429, details: "the number sends more in a second than it may" }
  }
  const pair = pairOf(id, message.to)
  if (message.type === "template") {
    const mistake = yield* ofTemplate(memory, objectOf(body["template"]) ?? {})
    if (mistake !== undefined) return mistake
  } else if (window) {
    const wrote = yield* lookUp(memory.wrote, pair)
    if (wrote === undefined || now - wrote >= day) {
      return { code: 131_047, details: "more than 24 hours have passed since this person wrote" }
    }
  }
  if (!(yield* take(memory.pairs, pair, { every: pairEvery, burst: pairBurst }, now))) {
    return { code: 131_056, details: "too many messages to this person" }
  }
  return undefined
})
