import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Channel, ChannelCapability } from "../../src/connector/channel.ts"
import type { RawConnector } from "../../src/connector/definition.ts"
import type { Connector } from "../../src/connector/connector.ts"
import { isJsonObject, type JsonObject } from "../../src/domain/json.ts"
import { parseJson } from "../../src/domain/parse-json.ts"
import { ProviderScript, type Scripted, scriptedProvider } from "../fakes/provider-http.ts"
import { digest } from "./digest.ts"

/** A connector, configured; the value of every secret is its reference. */
export const bound = (connector: Connector, raw: RawConnector): Effect.Effect<Channel> =>
  Effect.fromResult(connector.configure(raw)).pipe(
    Effect.flatMap(({ bind }) =>
      bind(
        (ref) => Effect.succeed({ current: () => Redacted.make(ref), candidates: () => [Redacted.make(ref)] }),
        digest
      )
    ),
    Effect.orDie
  )

/** Where in the file each mistake is. */
export const mistakesOf = (connector: Connector, raw: RawConnector): ReadonlyArray<string> => {
  const configured = connector.configure(raw)
  return Result.isFailure(configured) ? configured.failure.map(({ path }) => path.join(".")) : []
}

export const capabilityOf = (channel: Channel, account: string, id: string): ChannelCapability =>
  channel.accounts.get(account)?.capabilities.get(id) ?? assert.fail(`${account} has no ${id}`)

/** Paths of what is wrong with a request. */
export const issuesOf = (capability: ChannelCapability, input: unknown, to?: string): ReadonlyArray<string> => {
  const prepared = capability.prepare(input, to)
  return Result.isFailure(prepared) ? prepared.failure.issues.map(({ path }) => path.join(".")) : []
}

export const callbackData = "c1.sample"

/** Performs one intent against a provider that ends the call as told, and shows the request. */
export const performed = Effect.fnUntraced(function* (
  capability: ChannelCapability,
  input: unknown,
  to: string | undefined,
  end: Scripted
) {
  const script = yield* ProviderScript
  yield* script.next(end)
  const prepared = yield* Effect.fromResult(capability.prepare(input, to))
  const receipt = yield* prepared.perform(callbackData)
  const [request = assert.fail("nothing was sent")] = yield* script.sent
  const url = new URL(request.url)
  const parsed = parseJson(request.body ?? "{}")
  const body: JsonObject = isJsonObject(parsed) ? parsed : {}
  const token = request.bearer === undefined ? undefined : Redacted.value(request.bearer)
  const query = Object.fromEntries(url.searchParams)
  return { receipt, method: request.method, at: url.origin + url.pathname, query, token, body }
}, Effect.provide(scriptedProvider))
