import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { JsonObject } from "../../../src/domain/json.ts"
import { ProviderScript, type Scripted, answered, scriptedProvider } from "../../fakes/provider-http.ts"
import { channel } from "./channel.ts"

export const recipientNumber = "+15550102030"

export const accepted = answered(200, { messaging_product: "whatsapp", contacts: [], messages: [{ id: "wamid.new" }] })

export const capabilityOf = (id: string) =>
  Effect.map(
    channel,
    ({ accounts }) => accounts.get("support")?.capabilities.get(id) ?? assert.fail(`${id} is not configured`)
  )

/** What is refused before anything is claimed: paths and expectations. */
export const refusals = Effect.fnUntraced(function* (
  id: string,
  input: unknown,
  to: string | undefined = recipientNumber
) {
  const prepared = (yield* capabilityOf(id)).prepare(input, to)
  return Result.isFailure(prepared)
    ? prepared.failure.issues.map(({ path, message }) => ({ path: path.join("."), message }))
    : []
})

export const paths = (id: string, input: unknown, to?: string) =>
  Effect.map(refusals(id, input, to), (found) => found.map(({ path }) => path))

/** Sends through a provider that ends the call as told: what it was asked, and what became of it. */
export const sending = Effect.fnUntraced(function* (
  id: string,
  input: unknown,
  to: string | undefined,
  end: Scripted = accepted
) {
  const script = yield* ProviderScript
  yield* script.next(end)
  const prepared = yield* Effect.fromResult((yield* capabilityOf(id)).prepare(input, to))
  const receipt = yield* prepared.perform("c1.sample")
  const [request] = yield* script.sent
  const body: JsonObject = JSON.parse(request?.body ?? "{}")
  return { receipt, request, body }
}, Effect.provide(scriptedProvider))
