import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { accountFlag, filterFlags, given, linesOf, reasonFlag, timeOf, untilDone } from "./again.ts"
import { ask, type Remote, remoteFlags, show, wrong } from "./remote.ts"

const pathOf = (id: string) =>
  id.startsWith("qua_")
    ? `/v1/quarantine/${encodeURIComponent(id)}/release`
    : `/v1/dead-letters/${encodeURIComponent(id)}/redrive`

/** `comporta redrive`: dead letters to the runtime again, or quarantined items let in; one, or all that fit a filter. */
export const redrive = Command.make("redrive", {
  ...remoteFlags,
  ...filterFlags,
  id: Argument.String("id").pipe(
    Argument.optional,
    Argument.withDescription("a dead letter (evt_…) or a quarantined item (qua_…); without it --all")
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("every dead letter that fits the filter")
  ),
  quarantine: Flag.Boolean("quarantine").pipe(
    Flag.withDefault(false),
    Flag.withDescription("with --all: quarantined items instead, of the reason that --reason must name")
  ),
  account: accountFlag,
  reason: reasonFlag
}).pipe(
  Command.withDescription(
    "Send dead letters to the runtime again, or let quarantined items in; noted in the audit log"
  ),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      const why = given({ reason: flags.because })
      if (Option.isSome(flags.id)) {
        if (flags.all) return yield* wrong("either an id or --all")
        const answer = yield* ask(remote, { method: "POST", path: pathOf(flags.id.value), body: why })
        return yield* show(remote, answer, linesOf(answer))
      }
      if (!flags.all) return yield* wrong("name an id, or say --all to take every one that fits the filter")
      if (flags.quarantine && Option.isNone(flags.reason)) return yield* wrong("--quarantine needs --reason")
      if (flags.quarantine && Option.isSome(flags.account)) return yield* wrong("--quarantine takes no --account")
      const { connector, account, reason } = flags
      const [from, to] = [yield* timeOf("from", flags.from), yield* timeOf("to", flags.to)]
      const filter = given({ connector, account, reason, from, to })
      const path = flags.quarantine ? "/v1/quarantine/release" : "/v1/dead-letters/redrive"
      const sum = yield* untilDone(remote, path, { filter, ...why })
      return yield* show(remote, sum, linesOf(sum))
    })
  )
)
