import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Flag from "effect/cli/Flag"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { shownName } from "../domain/shown.ts"
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts"
import { codes, Ended } from "./exit.ts"

/** How a command reaches a running gateway, and how it says what it was told. */
export const remoteFlags = {
  url: Flag.String("url").pipe(
    Flag.withDefault("http://127.0.0.1:8080"),
    Flag.withDescription("the address of a running gateway")
  ),
  keyFile: Flag.String("key-file").pipe(
    Flag.withDescription("a file that holds an API key of the scope that is needed")
  ),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("the answer as it came, as JSON"))
}

export interface Remote {
  readonly url: string
  readonly keyFile: string
  readonly json: boolean
}

export interface Question {
  readonly method: "GET" | "POST"
  /** With its query, every part encoded. */
  readonly path: string
  readonly body?: Json
}

const toJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Json))

const end = (line: string) =>
  Effect.andThen(Console.error(`comporta: ${line}`), Effect.fail(new Ended({ code: codes.failed })))

/** Ends the command as one that was written wrong. */
export const wrong = (line: string) =>
  Effect.andThen(Console.error(`comporta: ${line}`), Effect.fail(new Ended({ code: codes.wrongCommandLine })))

const keyIn = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* files
    .readFileString(path)
    .pipe(Effect.catch(() => wrong(`the key file ${shownName(path)} cannot be read`)))
  return text.trim()
})

const requestOf = ({ method, path, body }: Question, base: string, key: string) => {
  const request = HttpClientRequest.make(method)(new URL(path, base)).pipe(HttpClientRequest.bearerToken(key))
  return body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, body)
}

const memberOf = (body: JsonObject, name: string) => {
  const value = body[name]
  return typeof value === "string" ? value : undefined
}

/** `filter.state: expected one of …` */
const expectedIn = (error: unknown): ReadonlyArray<string> => {
  if (!isJsonObject(error)) return []
  const path = Array.isArray(error["path"]) ? error["path"].join(".") : ""
  return [`${path === "" ? "" : `${path}: `}${String(error["message"])}`]
}

/** The problem in a line: what it is, and what was expected where. */
const sentence = (status: number, body: JsonObject) => {
  const title = memberOf(body, "title") ?? "the gateway refused"
  const detail = memberOf(body, "detail")
  const errors = Array.isArray(body["errors"]) ? body["errors"].flatMap(expectedIn) : []
  const said = [...(detail === undefined ? [] : [detail]), ...errors].join("; ")
  return `${status} ${memberOf(body, "code") ?? ""}: ${title}${said === "" ? "" : ` (${said})`}`
}

/** Asks a running gateway once; what is no 2xx ends the command with a line on stderr and exit code 1. */
export const ask = Effect.fnUntraced(function* (remote: Pick<Remote, "url" | "keyFile">, question: Question) {
  if (!URL.canParse(remote.url))
    return yield* wrong(`--url must be the address of a gateway, such as http://127.0.0.1:8080`)
  const key = yield* keyIn(remote.keyFile)
  const client = yield* HttpClient.HttpClient
  const response = yield* client.execute(requestOf(question, remote.url, key)).pipe(
    Effect.timeout("30 seconds"),
    Effect.catch(() => end(`no gateway answers at ${new URL(remote.url).origin}`))
  )
  const text = yield* response.text.pipe(Effect.catch(() => end("the gateway's answer broke off")))
  const body = yield* toJson(text).pipe(Effect.catch(() => end(`the gateway answered ${response.status} and no JSON`)))
  if (!isJsonObject(body)) return yield* end(`the gateway answered ${response.status} and no object`)
  return response.status < 300 ? body : yield* end(sentence(response.status, body))
})

/** Prints an answer: as it came with `--json`, else a line for each of `lines`. */
export const show = (remote: Pick<Remote, "json">, answer: JsonObject, lines: ReadonlyArray<string>) =>
  Effect.forEach(remote.json ? [JSON.stringify(answer)] : lines, (line) => Console.log(line), { discard: true })
