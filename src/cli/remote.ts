import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Flag from "effect/cli/Flag"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import { shownName } from "../domain/shown.ts"
import { Issue } from "../domain/failure.ts"
import { Api } from "../http/api/api.ts"
import { ApiProblem } from "../http/api/problems.ts"
import { ProblemSchema } from "../http/api/schemas.ts"
import { codes, Ended } from "./common.ts"

/** Flags of every command that calls a running gateway. */
export const remoteFlags = {
  url: Flag.String("url").pipe(
    Flag.withDefault("http://127.0.0.1:8080"),
    Flag.withDescription("the address of a running gateway; with server.management, its management address")
  ),
  keyFile: Flag.String("key-file").pipe(Flag.withDescription("a file that holds an API key with the scope operate")),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("print the result as JSON"))
}

export interface Remote {
  readonly url: string
  readonly keyFile: string
  readonly json: boolean
}

/** The API without checks of the payload: only the gateway checks values and reports mistakes. */
const RemoteApi = Api.annotate(HttpApi.PayloadParseOptions, { disableChecks: true })
export type GatewayClient = HttpApiClient.ForApi<typeof RemoteApi>

const end = (line: string) =>
  Effect.andThen(Console.error(`comporta: ${line}`), Effect.fail(new Ended({ code: codes.failed })))

/** Ends the command because its command line is wrong. */
export const wrong = (line: string) =>
  Effect.andThen(Console.error(`comporta: ${line}`), Effect.fail(new Ended({ code: codes.wrongCommandLine })))

const keyIn = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* files
    .readFileString(path)
    .pipe(
      Effect.catch(() => wrong(`the key file ${shownName(path)} cannot be read; give a file that holds an API key`))
    )
  return text.trim()
})

const isIssues = Schema.is(Schema.Array(Issue))

/** Returns an issue with its path, such as `filter.state: expected one of …`. */
const issueLine = ({ path, message }: Issue) => (path.length === 0 ? message : `${path.join(".")}: ${message}`)

/** Returns a problem as one line: status, code, title, detail and issues. */
const sentence = (status: number, { code, title, detail, errors }: ProblemWords) => {
  const issues = isIssues(errors) ? errors.map(issueLine) : []
  const said = [...(detail === undefined ? [] : [detail]), ...issues].join("; ")
  return `${status} ${code}: ${title}${said === "" ? "" : ` (${said})`}`
}

interface ProblemWords {
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly errors?: unknown
}

const problemIn = Schema.decodeUnknownEffect(Schema.fromJsonString(ProblemSchema))

/** Reports a response that the API does not declare, such as that of a proxy. */
const endUndeclared = (response: HttpClientResponse.HttpClientResponse) =>
  response.text.pipe(
    Effect.catch(() => end("the answer of the gateway broke off; run the command again")),
    Effect.flatMap((text) =>
      problemIn(text).pipe(
        Effect.catch(() =>
          end(`the gateway answered ${response.status} with a body that this version does not know; check --url`)
        )
      )
    ),
    Effect.flatMap((problem) => end(sentence(response.status, problem)))
  )

/** Calls a running gateway once. Any other result than a declared success ends the command: a line on stderr, exit code 1. */
export const callGateway = Effect.fnUntraced(function* <A, E>(
  remote: Pick<Remote, "url" | "keyFile">,
  call: (gateway: GatewayClient) => Effect.Effect<A, E>
) {
  if (!URL.canParse(remote.url))
    return yield* wrong(`--url must be the address of a gateway, such as http://127.0.0.1:8080`)
  const { origin } = new URL(remote.url)
  const key = yield* keyIn(remote.keyFile)
  const gateway = yield* HttpApiClient.make(RemoteApi, {
    baseUrl: origin,
    transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(key))
  })
  return yield* call(gateway).pipe(
    Effect.timeout("30 seconds"),
    Effect.catch((failed) => {
      if (failed instanceof ApiProblem)
        return end(sentence(failed.status, { ...failed, errors: failed.extra?.["errors"] }))
      if (Schema.isSchemaError(failed))
        return end("this version does not know the answer of the gateway; use the version of the gateway")
      return HttpClientError.isHttpClientError(failed) && failed.response !== undefined
        ? endUndeclared(failed.response)
        : end(`no gateway answers at ${origin}; check --url, and that the gateway runs`)
    })
  )
})

/** Prints a result: as JSON with `--json`, else as the given lines. */
export const show = (remote: Pick<Remote, "json">, answer: object, lines: ReadonlyArray<string>) =>
  Effect.forEach(remote.json ? [JSON.stringify(answer)] : lines, (line) => Console.log(line), { discard: true })
