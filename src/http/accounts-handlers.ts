import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { Channel, ChannelAccount } from "../connector/channel.ts"
import { Channels } from "../connector/channels.ts"
import type { InfraError } from "../domain/failure.ts"
import { Log } from "../log/log.ts"
import { accountRefs } from "../outbound/account-ref.ts"
import { accountStates } from "../outbound/account-states.ts"
import { type AccountRef, Accounts, type Pause } from "../outbound/accounts.ts"
import type { AuditLog } from "../partition/audit-log.ts"
import { IdHash } from "../secrets/id-hash.ts"
import { Api } from "./api.ts"
import { type AccountView, Operated } from "./api/accounts.ts"
import * as Subject from "./audit-subject.ts"
import { withScope } from "./auth.ts"
import { bodyOr } from "./body.ts"
import { operate, storeAway } from "./operate.ts"
import { json, problem } from "./plain-response.ts"
import { respond } from "./respond.ts"

interface Whose {
  readonly connectorId: Channel["id"]
  readonly accountId: ChannelAccount["id"]
}

const viewOf = (channel: Channel, account: ChannelAccount, pause: Pause | undefined): AccountView => ({
  connector: channel.id,
  account: account.id,
  state: pause === undefined ? "ok" : "paused",
  ...pause
})

const unknown = (what: "connector" | "account") =>
  problem({ status: 404, code: `unknown_${what}`, title: `No such ${what} is configured` })

export const layer = HttpApiBuilder.group(
  Api,
  "accounts",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    const channels = yield* Channels
    const log = yield* Log
    const refOf = accountRefs(yield* IdHash)
    const states = yield* accountStates
    const context = yield* Effect.context<AuditLog | Log>()

    const acting = (
      action: "account.pause" | "account.resume",
      params: { readonly connector: string; readonly account: string },
      request: HttpServerRequest,
      act: (ref: AccountRef, whose: Whose) => Effect.Effect<Pause | undefined, InfraError>
    ) =>
      withScope(
        "operate",
        Effect.gen(function* () {
          const channel = channels.get(params.connector)
          if (channel === undefined) return unknown("connector")
          const account = channel.accounts.get(params.account)
          if (account === undefined) return unknown("account")
          const read = yield* Effect.result(bodyOr(request, Operated, {}))
          if (Result.isFailure(read)) return read.failure
          const whose = { connectorId: channel.id, accountId: account.id }
          const done = Effect.map(act(refOf(channel, account), whose), (pause) =>
            json(200, viewOf(channel, account, pause))
          )
          const subject = Subject.ofAccount(channel.id, account.id)
          return yield* Effect.orElseSucceed(operate({ action, subject, ...read.success }, done), () => storeAway)
        })
      ).pipe(Effect.map(respond), Effect.provideContext(context))

    return handlers
      .handleRaw("list", () =>
        withScope(
          "read",
          Effect.map(states, (all) => all.map(({ channel, account, pause }) => viewOf(channel, account, pause))).pipe(
            Effect.map((found) => json(200, { accounts: found })),
            Effect.orElseSucceed(() => storeAway)
          )
        ).pipe(Effect.map(respond))
      )
      .handleRaw("pause", ({ params, request }) =>
        acting("account.pause", params, request, (ref, whose) =>
          Effect.map(accounts.pause(ref), (pause) => {
            log.write("warn", "account.paused", { ...whose, why: pause.why })
            return pause
          })
        )
      )
      .handleRaw("resume", ({ params, request }) =>
        acting("account.resume", params, request, (ref, whose) =>
          Effect.map(accounts.resume(ref), (ended) => {
            if (ended !== undefined) log.write("info", "account.resumed", { ...whose, why: ended.why })
            return undefined
          })
        )
      )
  })
)
