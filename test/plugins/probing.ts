import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Channel } from "../../src/connector/channel.ts"
import { ProbeResult } from "../../src/connector/probe.ts"
import { ProviderScript, type Scripted, scriptedProvider } from "../fakes/provider-http.ts"

/** Probes one account of a provider that answers as told; what it found, and what it asked without its proof. */
export const probing = (channel: Effect.Effect<Channel>, alias: string, ...ends: ReadonlyArray<Scripted>) =>
  Effect.gen(function* () {
    const script = yield* ProviderScript
    yield* script.next(...ends)
    const account = (yield* channel).accounts.get(alias)
    const result = yield* account?.probe ?? assert.fail("no probe")
    assert.isTrue(Schema.is(ProbeResult)(result))
    assert.notMatch(JSON.stringify(result), /messenger\/|instagram\/|app-secret/)
    const requests = (yield* script.sent).map(
      ({ method, url }) => `${method} ${url.replace(/[?&]appsecret_proof=.*/, "")}`
    )
    return { result, requests }
  }).pipe(Effect.provide(scriptedProvider))

/** What each thing that was looked at came to, or why the account is not proven. */
export const summaryOf = (result: ProbeResult): unknown =>
  result._tag === "Proven"
    ? Object.fromEntries(result.findings.map(({ about, state }) => [about, state]))
    : result._tag === "Refused"
      ? [result.about, result.code]
      : [result._tag, result.code]
