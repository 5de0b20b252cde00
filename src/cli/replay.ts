import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { accountFlag, filterFlags, given, linesOf, timeOf, untilDone } from "./again.ts"
import { ask, type Remote, remoteFlags, show, wrong } from "./remote.ts"

/** `comporta replay`: delivered events to the runtime again, each as a replay; one, or those of a time. */
export const replay = Command.make("replay", {
  ...remoteFlags,
  ...filterFlags,
  event: Argument.String("event").pipe(Argument.optional, Argument.withDescription("evt_…; without it --from")),
  account: accountFlag
}).pipe(
  Command.withDescription("Deliver delivered events again, each under an id of its own; noted in the audit log"),
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      const remote: Remote = flags
      const why = given({ reason: flags.because })
      const [from, to] = [yield* timeOf("from", flags.from), yield* timeOf("to", flags.to)]
      if (Option.isSome(flags.event)) {
        if (Option.isSome(from) || Option.isSome(to)) return yield* wrong("either an event or times")
        const path = `/v1/events/${encodeURIComponent(flags.event.value)}/replay`
        const answer = yield* ask(remote, { method: "POST", path, body: why })
        return yield* show(remote, answer, linesOf(answer))
      }
      if (Option.isNone(from)) return yield* wrong("name an event, or say --from when")
      const { connector, account } = flags
      const now = yield* Clock.currentTimeMillis
      const until = Option.orElse(to, () => Option.some(now))
      const filter = given({ connector, account, from, to: until })
      const sum = yield* untilDone(remote, "/v1/events/replay", { filter, ...why })
      return yield* show(remote, sum, linesOf(sum))
    })
  )
)
