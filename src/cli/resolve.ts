import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { ResolutionsPage } from "../http/api/resolutions/contract.ts"
import { callGateway, type Remote, remoteFlags, show, wrong } from "./remote.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

const pageLines = ({ intents, next }: typeof ResolutionsPage.Type): ReadonlyArray<string> => {
  if (intents.length === 0 && next === undefined) return ["no intent matches"]
  const lines = intents.map(({ intentId, result, state }) => `${intentId}  ${result}  ${state}`)
  return [...lines, ...(next === undefined ? [] : [`more: --cursor ${next}`])]
}

/** `comporta resolve`: records an operator's verdict on one intent, or on every intent that matches a filter. */
export const resolveCommand = Command.make("resolve", {
  ...remoteFlags,
  intent: Argument.String("intent").pipe(
    Argument.optional,
    Argument.withDescription("an intent (int_…); or give --all")
  ),
  verdict: Flag.Literals("verdict", ["sent", "not_sent"]).pipe(Flag.withDescription("whether the message was sent")),
  reason: Flag.String("reason").pipe(Flag.withDescription("how you know; goes into the audit log")),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("every intent that matches the filter, one page at a time")
  ),
  state: Flag.Literals("state", ["in_doubt", "disputed"]).pipe(
    Flag.optional,
    Flag.withDescription("only intents in this state; in_doubt unless given")
  ),
  connector: text("connector", "only intents of this connector"),
  account: text("account", "only intents of this account"),
  capability: text("capability", "only intents of this capability"),
  olderThan: Flag.Finite("older-than").pipe(
    Flag.optional,
    Flag.withDescription("only intents in doubt for at least this many seconds")
  ),
  limit: Flag.Int("limit").pipe(Flag.optional, Flag.withDescription("how many intents to examine, 1 to 200")),
  cursor: text("cursor", "the cursor of the previous page"),
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDefault(false),
    Flag.withDescription("with --all: print what would be resolved")
  )
}).pipe(
  Command.withDescription("Record whether a message in doubt was sent; the audit log records it too"),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      const { verdict, reason, state, connector, account, capability, olderThan, limit, cursor } = flags
      const filter = {
        ...(Option.isSome(state) ? { state: state.value } : {}),
        ...(Option.isSome(connector) ? { connector: connector.value } : {}),
        ...(Option.isSome(account) ? { account: account.value } : {}),
        ...(Option.isSome(capability) ? { capability: capability.value } : {}),
        ...(Option.isSome(olderThan) ? { olderThan: olderThan.value } : {})
      }
      if (Option.isSome(flags.intent)) {
        if (flags.all || flags.dryRun || Object.keys(filter).length > 0) {
          return yield* wrong("give either an intent, or --all with its filter and --dry-run")
        }
        const one = { params: { intentId: flags.intent.value }, payload: { verdict, reason } }
        const record = yield* callGateway(remote, ({ resolutions }) => resolutions.one(one))
        return yield* show(remote, record, [`${record.intentId}  ${record.state}`])
      }
      if (!flags.all) return yield* wrong("give an intent, or --all for every intent that matches the filter")
      const payload = {
        verdict,
        reason,
        filter,
        ...(Option.isSome(limit) ? { limit: limit.value } : {}),
        ...(Option.isSome(cursor) ? { cursor: cursor.value } : {}),
        ...(flags.dryRun ? { dryRun: true } : {})
      }
      const page = yield* callGateway(remote, ({ resolutions }) => resolutions.many({ payload }))
      return yield* show(remote, page, pageLines(page))
    })
  )
)
