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
  if (intents.length === 0 && next === undefined) return ["nothing fits"]
  const lines = intents.map(({ intentId, result, state }) => `${intentId}  ${result}  ${state}`)
  return [...lines, ...(next === undefined ? [] : [`more: --cursor ${next}`])]
}

/** `comporta resolve`: a person's verdict on one doubt, or on all that fit a filter. */
export const resolveCommand = Command.make("resolve", {
  ...remoteFlags,
  intent: Argument.String("intent").pipe(Argument.optional, Argument.withDescription("int_…; without it the filter")),
  verdict: Flag.Literals("verdict", ["sent", "not_sent"]).pipe(Flag.withDescription("what is known of it")),
  reason: Flag.String("reason").pipe(Flag.withDescription("how it is known; goes into the audit log")),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("every intent that fits the filter, a page at a time")
  ),
  state: Flag.Literals("state", ["in_doubt", "disputed"]).pipe(
    Flag.optional,
    Flag.withDescription("in_doubt unless given")
  ),
  connector: text("connector", "of this connector only"),
  account: text("account", "of this account only"),
  capability: text("capability", "of this capability only"),
  olderThan: Flag.Finite("older-than").pipe(
    Flag.optional,
    Flag.withDescription("in doubt for so many seconds at least")
  ),
  limit: Flag.Int("limit").pipe(Flag.optional, Flag.withDescription("how many are looked at, 1 to 200")),
  cursor: text("cursor", "where the page before ended"),
  dryRun: Flag.Boolean("dry-run").pipe(Flag.withDefault(false), Flag.withDescription("say what would be resolved"))
}).pipe(
  Command.withDescription("Say whether what is in doubt was sent; noted in the audit log"),
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
          return yield* wrong("either an intent, or --all with its filter and --dry-run")
        }
        const one = { params: { intentId: flags.intent.value }, payload: { verdict, reason } }
        const record = yield* callGateway(remote, ({ resolutions }) => resolutions.one(one))
        return yield* show(remote, record, [`${record.intentId}  ${record.state}`])
      }
      if (!flags.all) return yield* wrong("name an intent, or say --all to resolve every one that fits the filter")
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
