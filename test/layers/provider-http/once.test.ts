import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { layer } from "../../../layers/provider-http/provider-http.ts"
import type { ProviderRequest } from "../../../src/connector/provider-http.ts"
import { call, get, post, withHttp } from "./calls.ts"
import { type Act, answer, peer } from "./peer.ts"

const fullResponse = answer(200, "{}")

const moments: ReadonlyArray<Act> = [
  (socket) => socket.write(fullResponse),
  (socket) => socket.end(fullResponse),
  (socket) => socket.write(fullResponse, () => socket.resetAndDestroy()),
  (socket) => socket.write(fullResponse, () => setImmediate(() => socket.end())),
  (socket) => socket.write(fullResponse, () => setImmediate(() => setImmediate(() => socket.resetAndDestroy()))),
  (socket) => socket.write(answer(200, "{}", ["keep-alive: timeout=1"])),
  (socket) => socket.end(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(fullResponse.slice(0, 30)),
  (socket) => socket.write(fullResponse.slice(0, -1), () => socket.resetAndDestroy())
]

const kinds: ReadonlyArray<readonly [string, (url: string) => ProviderRequest]> = [
  ["POST", post],
  ["GET", get]
]

describe("I1 one request per call", () => {
  it.live.each(kinds)(
    "a request is not repeated when the peer closes a kept connection without a response: %s",
    ([, request]) =>
      Effect.gen(function* () {
        const server = yield* peer((socket, _, n) => (n === 1 ? socket.write(fullResponse) : socket.end()))
        yield* call(request(`${server.url}/first`))
        const error = yield* Effect.flip(call(request(`${server.url}/second`)))
        assert.strictEqual(error._tag, "OutcomeUnknown")
        yield* call(request(`${server.url}/third`)).pipe(Effect.flip)
        assert.strictEqual(server.requests(), 3)
      }).pipe(Effect.provide(layer({ connections: 1 })))
  )

  it.live.each(kinds)("a request is written at most once, whenever the peer closes the connection: %s", ([, request]) =>
    Effect.gen(function* () {
      const seen = new Map<string, number>()
      const server = yield* peer((socket, text, n) => {
        const id = /\/(id-\d+) /.exec(text)?.[1] ?? "none"
        seen.set(id, (seen.get(id) ?? 0) + 1)
        moments[(n * 7 + Math.floor(n / 10)) % moments.length]?.(socket, text, n)
      })
      const count = 1_500
      const tags = yield* Effect.forEach(
        Array.from({ length: count }, (_, n) => `id-${n}`),
        (id) =>
          call(request(`${server.url}/${id}`), { deadline: 5_000 }).pipe(
            Effect.match({ onFailure: (error) => error._tag, onSuccess: () => "Answered" as const }),
            Effect.map((tag) => ({ id, tag }))
          ),
        { concurrency: 6 }
      )
      for (const { id, tag } of tags) {
        const times = seen.get(id) ?? 0
        if (tag === "Answered") assert.strictEqual(times, 1, id)
        if (tag === "NotSent") assert.strictEqual(times, 0, id)
        assert.isAtMost(times, 1, id)
      }
      assert.isAbove(tags.filter(({ tag }) => tag === "Answered").length, count / 4)
      assert.isAbove(tags.filter(({ tag }) => tag === "OutcomeUnknown").length, count / 4)
      assert.isFalse(seen.has("none"))
    }).pipe(withHttp)
  )
})
