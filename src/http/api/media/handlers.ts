import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { Channels } from "../../../connector/channel.ts"
import { type Medium, mediumIsOther } from "../../../connector/media.ts"
import { Observe } from "../../../observe/observe.ts"
import { Api } from "../api.ts"
import { accountOf, makeMediaCalls, type MediaAccount } from "./calls.ts"
import * as Answer from "./problems.ts"

/** Returns a medium as an attachment: it comes from outside, so a browser must not render or sniff it. */
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
    const observe = yield* Observe
    /** Observes whether a download ends as the provider describes the medium. An interrupted one says nothing. */
    const observed = (medium: Medium, { connector, account }: MediaAccount): Medium => ({
      ...medium,
      bytes: Stream.onExit(medium.bytes, (exit) =>
        Effect.sync(() => {
          const failure = Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isFailReason)?.error : undefined
          if (Exit.isSuccess(exit)) observe.mediumDownloaded(connector, account, false)
          else if (failure?.cause === mediumIsOther) observe.mediumDownloaded(connector, account, true)
        })
      )
    })
    return handlers
      .handleRaw("upload", ({ request, query, headers }) =>
        Effect.gen(function* () {
          if (query.connector === undefined || query.account === undefined) return yield* Effect.fail(Answer.noAccount)
          const account = yield* Effect.fromResult(accountOf(channels, query.connector, query.account))
          const { media } = account
          const length = headers["content-length"]
          if (length === undefined || !/^\d{1,15}$/.test(length)) return yield* Effect.fail(Answer.noLength)
          const head = {
            type: headers["content-type"] ?? "",
            length: Number(length),
            ...(query.filename === undefined ? {} : { filename: query.filename })
          }
          if (head.length > media.maxBytes) return yield* Effect.fail(Answer.mediumTooLarge(media.maxBytes))
          const issues = media.check(head)
          if (issues.length > 0) return yield* Effect.fail(Answer.wrongMedium(issues))
          const id = yield* calls.run("media.uploaded", account, media.upload({ ...head, bytes: request.stream }))
          observe.mediumUploaded(account.connector, account.account, id)
          return { id }
        })
      )
      .handleRaw("download", ({ params }) =>
        Effect.gen(function* () {
          const account = yield* Effect.fromResult(accountOf(channels, params.connector, params.account))
          const download = Effect.tapError(account.media.download(params.id), (failure) =>
            Effect.sync(() => {
              if (failure._tag !== "NoSuchMedium" && failure.code === mediumIsOther)
                observe.mediumDownloaded(account.connector, account.account, true)
            })
          )
          const medium = yield* calls.run("media.downloaded", account, download)
          return served(observed(medium, account))
        })
      )
  })
)
