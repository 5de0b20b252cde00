import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Channels } from "../connector/channels.ts"
import type { Medium } from "../connector/media.ts"
import { Api } from "./api.ts"
import { withScope } from "./auth.ts"
import { accountOf, makeMediaCalls } from "./media-calls.ts"
import * as Answer from "./media-response.ts"
import { json, type PlainResponse } from "./plain-response.ts"
import { respond } from "./respond.ts"

const isResponse = (answer: PlainResponse | HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.isHttpServerResponse(answer) ? answer : respond(answer)

/** Never shown by a browser as what it says it is: a stranger made it. */
const served = ({ type, length, bytes }: Medium) =>
  HttpServerResponse.stream(bytes, {
    contentType: /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; ?[\w-]+=[\w.+-]+)*$/.test(type) ? type : "application/octet-stream",
    headers: {
      "cache-control": "no-store",
      "content-disposition": "attachment",
      "x-content-type-options": "nosniff"
    },
    ...(length === undefined ? {} : { contentLength: length })
  })

export const layer = HttpApiBuilder.group(
  Api,
  "media",
  Effect.fnUntraced(function* (handlers) {
    const channels = yield* Channels
    const calls = yield* makeMediaCalls
    return handlers
      .handleRaw("upload", ({ request, query, headers }) =>
        withScope(
          "send",
          Effect.gen(function* () {
            if (query.connector === undefined || query.account === undefined) return Answer.noAccount
            const account = accountOf(channels, query.connector, query.account)
            if ("status" in account) return account
            const { media } = account
            const length = headers["content-length"]
            if (length === undefined || !/^\d{1,15}$/.test(length)) return Answer.noLength
            const head = {
              type: headers["content-type"] ?? "",
              length: Number(length),
              ...(query.filename === undefined ? {} : { filename: query.filename })
            }
            if (head.length > media.maxBytes) return Answer.tooLarge(media.maxBytes)
            const issues = media.check(head)
            if (issues.length > 0) return Answer.wrongMedium(issues)
            return yield* calls.run("media.uploaded", account, media.upload({ ...head, bytes: request.stream })).pipe(
              Effect.map((id) => json(200, { id })),
              Effect.catch(Effect.succeed)
            )
          })
        ).pipe(Effect.map(respond))
      )
      .handleRaw("download", ({ params }) =>
        withScope(
          "read",
          Effect.gen(function* () {
            const account = accountOf(channels, params.connector, params.account)
            if ("status" in account) return account
            return yield* calls
              .run("media.downloaded", account, account.media.download(params.id))
              .pipe(Effect.map(served), Effect.catch(Effect.succeed))
          })
        ).pipe(Effect.map(isResponse))
      )
  })
)
