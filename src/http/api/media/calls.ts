import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Channel, ChannelMedia } from "../../../connector/channel.ts"
import type { NoSuchMedium } from "../../../connector/media.ts"
import { ProviderHttp } from "../../../connector/provider-http.ts"
import type { AccountId, ConnectorId } from "../../../domain/ids.ts"
import { type Failure, failureReport } from "../../../domain/failure.ts"
import { failureFields } from "../../../log/failure-fields.ts"
import type { LogEvent, LogFields } from "../../../log/line.ts"
import { Log } from "../../../log/log.ts"
import { CurrentClient } from "../../auth/api-keys.ts"
import { type ApiProblem, notConfigured } from "../problems.ts"
import { failedMedium, noMedia, noSuchMedium, tooManyMedia } from "./problems.ts"

/** Maximum milliseconds of one upload or download. */
const deadline = 120_000
/** Maximum number of concurrent uploads and downloads in this process. */
const atOnce = 16

export type MediaProblem = ApiProblem<404> | ApiProblem<422> | ApiProblem<502> | ApiProblem<503>

export interface MediaAccount {
  readonly connector: ConnectorId
  readonly account: AccountId
  readonly media: ChannelMedia
}

/** Returns an account with its media operations. Fails with 404 when it is not configured or has none. */
export const accountOf = (
  channels: ReadonlyMap<string, Channel>,
  connector: string,
  account: string
): Result.Result<MediaAccount, ApiProblem<404>> => {
  const channel = channels.get(connector)
  if (channel === undefined) return Result.fail(notConfigured("connector"))
  const found = channel.accounts.get(account)
  if (found === undefined) return Result.fail(notConfigured("account"))
  return found.media === undefined
    ? Result.fail(noMedia)
    : Result.succeed({ connector: channel.id, account: found.id, media: found.media })
}

/**
 * Makes the executor of media calls. It limits concurrent calls, gives each call more time than an intent has, and logs its
 * result. A call holds its slot until its scope ends.
 */
export const makeMediaCalls = Effect.gen(function* () {
  const http = yield* ProviderHttp
  const log = yield* Log
  const bound = http.within({ mayStart: () => true, deadline })
  let underWay = 0
  const slot = Effect.acquireRelease(
    Effect.sync(() => (underWay < atOnce ? (underWay += 1) > 0 : false)),
    (taken) => Effect.sync(() => (underWay -= taken ? 1 : 0))
  )
  return {
    run: Effect.fnUntraced(function* <A>(
      event: LogEvent,
      { connector, account }: MediaAccount,
      call: Effect.Effect<A, Failure | NoSuchMedium, ProviderHttp | Scope.Scope>
    ): Effect.fn.Return<A, MediaProblem, CurrentClient | Scope.Scope> {
      const { id: client } = yield* CurrentClient
      if (!(yield* slot)) return yield* Effect.fail(tooManyMedia)
      const started = yield* Clock.currentTimeMillis
      const fields = { connectorId: connector, accountId: account, client }
      const tell = (level: "info" | "warn", about: LogEvent, more: LogFields) =>
        Effect.map(Clock.currentTimeMillis, (now) =>
          log.write(level, about, { ...fields, ...more, durationMs: now - started })
        )
      return yield* call.pipe(
        Effect.provideService(ProviderHttp, { ...bound, within: () => bound }),
        Effect.tap(() => tell("info", event, {})),
        Effect.tapError((failure) =>
          tell(
            "warn",
            "media.failed",
            failure._tag === "NoSuchMedium"
              ? { failureClass: "ProviderError", failureCode: "not_found" }
              : failureFields(failureReport(failure))
          )
        ),
        Effect.mapError((failure) => (failure._tag === "NoSuchMedium" ? noSuchMedium : failedMedium(failure)))
      )
    })
  }
})
