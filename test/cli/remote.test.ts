import { assert, describe, it } from "@effect/vitest"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { callGateway } from "../../src/cli/remote.ts"

const remote = { url: "http://gateway.test:8080/ignored", keyFile: "key" }

const problem = (status: number, code: string, more: object = {}, headers: Record<string, string> = {}) =>
  new Response(
    JSON.stringify({ type: `urn:comporta:problem:${code}`, title: `Title of ${code}`, status, code, ...more }),
    {
      status,
      headers: { "content-type": "application/problem+json", ...headers }
    }
  )

/** Calls one endpoint of a gateway that answers so, and returns the request, the outcome and stderr. */
const called = Effect.fnUntraced(function* (answer: Response | undefined) {
  const stderr: Array<string> = []
  const requests: Array<string> = []
  const client = HttpClient.make((request) => {
    requests.push(`${request.method} ${request.url} ${request.headers["authorization"]}`)
    return answer === undefined
      ? Effect.fail(
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, cause: "refused" })
          })
        )
      : Effect.succeed(HttpClientResponse.fromWeb(request, answer))
  })
  const outcome = yield* callGateway(remote, ({ deadLetters }) =>
    deadLetters.redrive({ params: { id: "evt_1/2" }, payload: {} })
  ).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provide(FileSystem.layerNoop({ readFileString: () => Effect.succeed("the-key\n") })),
    Effect.provideService(Console.Console, { ...console, error: (line: string) => void stderr.push(line) }),
    Effect.match({ onSuccess: (value) => JSON.stringify(value), onFailure: (ended) => ended })
  )
  return { outcome, requests, stderr }
})

const eventId = `evt_${"0".repeat(32)}`

describe("command that calls a gateway", () => {
  it.effect("a command sends the key to the origin of the URL, with every part of the path encoded", () =>
    Effect.gen(function* () {
      const { outcome, requests, stderr } = yield* called(Response.json({ id: eventId, eventId }))
      assert.deepStrictEqual(requests, [
        "POST http://gateway.test:8080/v1/dead-letters/evt_1%2F2/redrive Bearer the-key"
      ])
      assert.strictEqual(outcome, JSON.stringify({ id: eventId, eventId }))
      assert.deepStrictEqual(stderr, [])
    })
  )

  it.effect.each<readonly [string, Response | undefined, string]>([
    ["a declared problem", problem(404, "not_found"), "404 not_found: Title of not_found"],
    [
      "a problem with validation errors",
      problem(422, "invalid_request", {
        detail: "d",
        errors: [{ path: ["filter", "from"], message: "expected a time" }]
      }),
      "422 invalid_request: Title of invalid_request (d; filter.from: expected a time)"
    ],
    ["a problem with headers", problem(503, "away", {}, { "retry-after": "1" }), "503 away: Title of away"],
    [
      "a problem of a wrong key",
      problem(401, "unauthorized", {}, { "www-authenticate": "Bearer" }),
      "401 unauthorized: Title of unauthorized"
    ],
    ["a defect", problem(500, "internal"), "500 internal: Title of internal"],
    ["a problem that the endpoint does not declare", problem(418, "teapot"), "418 teapot: Title of teapot"],
    [
      "the page of a proxy",
      new Response("<html>", { status: 502, headers: { "content-type": "text/html" } }),
      "the gateway answered 502 with a body that this version does not know; check --url"
    ],
    [
      "another success",
      Response.json({ id: 5 }),
      "this version does not know the answer of the gateway; use the version of the gateway"
    ],
    ["no gateway", undefined, "no gateway answers at http://gateway.test:8080; check --url, and that the gateway runs"]
  ])("a command ends with code 1 and a line on stderr for %s", ([, answer, line]) =>
    Effect.gen(function* () {
      const { outcome, stderr } = yield* called(answer)
      assert.deepInclude(outcome, { _tag: "Ended", code: 1 })
      assert.deepStrictEqual(stderr, [`comporta: ${line}`])
    })
  )
})
