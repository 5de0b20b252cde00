import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { type Channel, type ChannelAccount, Channels } from "../../../connector/channel.ts"
import type { InfraError } from "../../../domain/failure.ts"
import { Log } from "../../../log/log.ts"
import { accountRefs, accountStates } from "../../../outbound/accounts/account-states.ts"
import { type AccountRef, Accounts, type Pause } from "../../../outbound/accounts/accounts.ts"
import type { AuditLog } from "../../../audit/audit-log.ts"
import { IdHash } from "../../../secrets/id-hash.ts"
import { Api } from "../api.ts"
import type { AccountView, Operated } from "./contract.ts"
import * as Subject from "../operate.ts"
import { auditReason } from "../decode-body.ts"
import { operate } from "../operate.ts"
import { notConfigured, storeAwayProblem, withStoreProblems } from "../problems.ts"

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

    const change = Effect.fnUntraced(function* (
      action: "account.pause" | "account.resume",
      params: { readonly connector: string; readonly account: string },
      payload: typeof Operated.Type,
      act: (ref: AccountRef, whose: Whose) => Effect.Effect<Pause | undefined, InfraError>
    ) {
      const channel = channels.get(params.connector)
      if (channel === undefined) return yield* Effect.fail(notConfigured("connector"))
      const account = channel.accounts.get(params.account)
      if (account === undefined) return yield* Effect.fail(notConfigured("account"))
      const whose = { connectorId: channel.id, accountId: account.id }
      const subject = Subject.ofAccount(channel.id, account.id)
      const pause = yield* operate(
        { action, subject, ...auditReason(payload) },
        act(refOf(channel, account), whose)
      ).pipe(Effect.provideContext(context))
      return viewOf(channel, account, pause)
    }, withStoreProblems)

    return handlers
      .handle("list", () =>
        states.pipe(
          Effect.mapBoth({
            onFailure: storeAwayProblem,
            onSuccess: (all) => ({
              accounts: all.map(({ channel, account, pause }) => viewOf(channel, account, pause))
            })
          })
        )
      )
      .handle("pause", ({ params, payload }) =>
        change("account.pause", params, payload, (ref, whose) =>
          Effect.map(accounts.pause(ref), (pause) => {
            log.write("warn", "account.paused", { ...whose, why: pause.why })
            return pause
          })
        )
      )
      .handle("resume", ({ params, payload }) =>
        change("account.resume", params, payload, (ref, whose) =>
          Effect.map(accounts.resume(ref), (ended) => {
            if (ended !== undefined) log.write("info", "account.resumed", { ...whose, why: ended.why })
            return undefined
          })
        )
      )
  })
)
